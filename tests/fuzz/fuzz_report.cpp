// A saved report, as `merge` reads it: it is refused with an error that names it, or can be written in every format,
// and what was written is read as the same.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "reports/run_report.hpp"

using namespace firstlight;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  reports::RunReport run;
  try {
    run = reports::from_json({reinterpret_cast<const char*>(data), size}, "x.json");
  } catch (const ErrorException& e) {
    if (std::string_view(e.what()).find("x.json") == std::string_view::npos) std::abort();
    return 0;
  }
  if (reports::to_junit(run).empty() || reports::summary(run, false).empty()) std::abort();
  static_cast<void>(reports::to_github(run));  // empty when all is well
  const auto json = reports::to_json(run);
  if (reports::to_json(reports::from_json(json, "x.json")) != json) std::abort();
  return 0;
}
