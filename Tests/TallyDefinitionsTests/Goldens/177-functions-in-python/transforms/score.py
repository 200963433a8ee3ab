def score(row):
    return {"points": row["wind_speed"]}
