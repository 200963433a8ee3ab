-- SPDX-License-Identifier: Apache-2.0
-- SPDX-FileCopyrightText: Tallystick contributors
-- wrk posts the lines of a file, one after the other: a fresh request each time, and no time spent on making it.
local bodies, place = {}, 0
for line in io.lines(os.getenv("TALLY_BODIES")) do bodies[#bodies + 1] = line end
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
local wrong = 0

function request()
  place = place % #bodies + 1
  return wrk.format(nil, nil, nil, bodies[place])
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    "RESULT %d %d %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
