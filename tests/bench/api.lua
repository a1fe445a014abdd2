-- What wrk sends: MODE is live, read, page or create. Figures leave as one line of JSON.
local mode, token = os.getenv("MODE"), os.getenv("TOKEN")
local headers = { ["Authorization"] = "Bearer " .. (token or ""), ["Content-Type"] = "application/json",
  ["Accept-Encoding"] = os.getenv("ACCEPT_ENCODING") }
local ids, cursors, n = {}, {}, 0

function setup(thread)
  thread:set("thread_id", tostring(thread):gsub("%W", ""))
end

function init()
  math.randomseed(20261121)
  for line in io.lines(os.getenv("IDS")) do ids[#ids + 1] = line end
  for line in io.lines(os.getenv("CURSORS")) do cursors[#cursors + 1] = line end
end

function request()
  n = n + 1
  if mode == "read" then return wrk.format("GET", "/embalagens/" .. ids[math.random(#ids)], headers) end
  if mode == "page" then return wrk.format("GET", "/embalagens?limit=50" .. cursors[math.random(#cursors)], headers) end
  if mode == "create" then
    local body = string.format(
      '{"sku":"%s-%s-%d","name":"Caixa %d","material":"glass","kind":"box","capacity_ml":500,"unit_cost":"12.50","currency":"BRL","stock":7}',
      os.getenv("ROUND"), thread_id, n, n)
    return wrk.format("POST", "/embalagens", headers, body)
  end
  return wrk.format("GET", "/health/live")
end

function done(summary, latency)
  local e = summary.errors
  print(string.format('{"per_second":%.1f,"p99_ms":%.3f,"errors":%d}', summary.requests / summary.duration * 1e6,
    latency:percentile(99) / 1000, e.connect + e.read + e.write + e.status + e.timeout))
end
