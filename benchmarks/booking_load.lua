-- SPDX-License-Identifier: Apache-2.0
-- wrk: book one free half hour after the other (MODE=book), or read (MODE=read). Prints one line of JSON.
local token, mode = os.getenv("TOKEN"), os.getenv("MODE")
local spaces, number = {}, tonumber(os.getenv("FIRST") or "0")
for one in (os.getenv("SPACES") or ""):gmatch("%S+") do spaces[#spaces + 1] = one end
local PER_DAY = 26
local tomorrow = math.floor(os.time() / 86400) * 86400 + 86400
local threads = {}

function setup(thread) threads[#threads + 1] = thread end

function init() refused, shown = 0, 0 end

local function instant(seconds) return os.date("!%Y-%m-%dT%H:%M:%SZ", seconds) end

function request()
  local headers = {["Authorization"] = "Bearer " .. token}
  if mode == "read" then return wrk.format("GET", nil, headers) end
  number = number + 1
  local slot = math.floor(number / #spaces)
  -- 09:00 in Chengdu is 01:00 UTC; 26 half hours a day.
  local start = tomorrow + math.floor(slot / PER_DAY) * 86400 + 3600 + (slot % PER_DAY) * 1800
  headers["Content-Type"] = "application/json"
  headers["Idempotency-Key"] = string.format("bench-%08d", number)
  local body = string.format('{"space_id":"%s","starts_at":"%s","ends_at":"%s","party_size":4}',
    spaces[number % #spaces + 1], instant(start), instant(start + 1800))
  return wrk.format("POST", nil, headers, body)
end

function response(status, _, body)
  if status ~= 200 and status ~= 201 then
    refused = refused + 1
    if shown < 3 then shown = shown + 1; print(status, body) end
  end
end

function done(summary, latency)
  local bad = 0
  for _, thread in ipairs(threads) do bad = bad + thread:get("refused") end
  local function ms(percent) return latency:percentile(percent) / 1000 end
  print(string.format('{"requests": %d, "rps": %.1f, "p50_ms": %.1f, "p95_ms": %.1f, "p99_ms": %.1f, "refused": %d}',
    summary.requests, summary.requests / (summary.duration / 1e6), ms(50), ms(95), ms(99), bad))
end
