#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/error.hpp"
#include "language/suite_part.hpp"
#include "reports/run_report.hpp"

namespace firstlight::reports {

namespace {

[[noreturn]] void reject(std::string why) {
  throw ErrorException(Error(Errc::invalid_argument, std::move(why)));
}

/// The parts that none of the reports has.
std::vector<std::string> missing_parts_of(const std::vector<RunReport>& reports) {
  std::map<std::uint32_t, std::string> run_of;  // by the part's number
  std::uint32_t of = 0;
  for (const auto& r : reports) {
    if (r.part.empty()) continue;
    const auto s = language::parse_suite_part(r.part);
    if (!s) reject(fmt::format("run {}: \"{}\" is no part of a suite", r.id, r.part));
    if (of != 0 && s->of != of) reject(fmt::format("parts of {} and of {} do not belong together", of, s->of));
    of = s->of;
    const auto [known, is_new] = run_of.emplace(s->number, r.id);
    if (!is_new) reject(fmt::format("part {} is there twice: in run {} and in run {}", r.part, known->second, r.id));
  }
  std::vector<std::string> missing;
  for (std::uint32_t n = 1; n <= of; ++n)
    if (!run_of.contains(n)) missing.push_back(language::SuitePart{n, of}.text());
  return missing;
}

}  // namespace

RunReport merge(const std::vector<RunReport>& reports) {
  if (reports.empty()) reject("nothing to merge");
  RunReport whole;
  whole.missing_parts = missing_parts_of(reports);
  whole.seed = reports.front().seed;
  whole.version = reports.front().version;
  whole.started_at = reports.front().started_at;
  whole.timeout_multiplier = reports.front().timeout_multiplier;
  std::map<std::string, std::string> run_of;  // by the scenario's name
  for (const auto& r : reports) {
    if (!r.merged_from.empty()) reject(fmt::format("run {} is itself merged; name the runs that it came from", r.id));
    whole.id += (whole.id.empty() ? "" : "+") + r.id;
    whole.merged_from.push_back(r.part.empty() ? r.id : fmt::format("{} (part {})", r.id, r.part));
    whole.started_at = std::min(whole.started_at, r.started_at);
    whole.duration_ms = std::max(whole.duration_ms, r.duration_ms);  // parts run side by side
    whole.interrupted = whole.interrupted || r.interrupted;
    whole.flaky_fails = whole.flaky_fails || r.flaky_fails;
    whole.timeout_multiplier = std::max(whole.timeout_multiplier, r.timeout_multiplier);
    for (const auto& s : r.scenarios) {
      const auto [known, is_new] = run_of.emplace(s.name, r.id);
      if (!is_new)
        reject(fmt::format("scenario {} is there twice: in run {} and in run {}", s.name, known->second, r.id));
      whole.scenarios.push_back(s);
    }
  }
  // As one run over the sorted suite would list them.
  std::stable_sort(whole.scenarios.begin(), whole.scenarios.end(),
                   [](const auto& a, const auto& b) { return a.file < b.file; });
  return whole;
}

}  // namespace firstlight::reports
