import math


def score (row):
    return {"points": math.sqrt(row["wind_speed"])}
