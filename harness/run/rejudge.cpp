#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>

#include "base/error.hpp"
#include "harness/run/bookkeeping.hpp"
#include "harness/run/end_note.hpp"
#include "harness/run/runner.hpp"
#include "journal/journal.hpp"
#include "judge/vocabulary.hpp"
#include "language/loader.hpp"

namespace firstlight::harness {

namespace {

/// One journal's verdict, and its place in the run.
struct Attempt {
  language::Scenario scenario;
  reports::ScenarioReport report;
  std::size_t index = 0;
  unsigned number = 1;
};

void take_run(const nlohmann::ordered_json& run, reports::RunReport& report) {
  report.id = run.at("id").get<std::string>();
  report.seed = run.at("seed").get<std::uint64_t>();
  report.started_at = run.at("started_at").get<std::string>();
  report.flaky_fails = run.value("flaky", "pass") == "fail";
  report.timeout_multiplier = run.value("timeout_multiplier", 1.0);
  report.part = run.value("shard", "");
}

language::Scenario scenario_of(const std::string& journal_file, const nlohmann::ordered_json& from) {
  auto loaded = language::load_scenario(from.at("source").get<std::string>(), from.at("file").get<std::string>(),
                                        judge::vocabulary());
  if (!loaded)
    throw ErrorException(Error(Errc::invalid_argument, journal_file + ": its scenario is refused by this version:\n" +
                                                           render(loaded.diagnostics)));
  return std::move(*loaded.scenario);
}

Attempt judge_again(const std::string& journal_file, reports::RunReport& run) {
  const auto saved = journal::read_journal(journal_file);
  if (!saved) throw ErrorException(saved.error());
  const auto& header = saved->header;
  try {
    Attempt attempt;
    attempt.scenario = scenario_of(journal_file, header.at("scenario"));
    take_run(header.at("run"), run);
    attempt.scenario.timeout = stretch(attempt.scenario.timeout, run.timeout_multiplier);
    const auto seed = header.at("seed").get<std::uint64_t>();
    const auto end = with_state_of(saved, kept_end(journal_file));
    auto outcome = judge_ended(attempt.scenario, seed, saved->events, end);
    outcome.started_at = header.at("started_at").get<std::string>();
    fault::DefectSet defects;
    for (const auto& name : header.value("defects", std::vector<std::string>{}))
      if (const auto defect = fault::find_defect(name)) defects.add(*defect);
    outcome.repro = repro_line(attempt.scenario.file, seed, run.timeout_multiplier, defects);
    attempt.report = reports::describe(attempt.scenario, outcome, saved->events);
    attempt.report.bug = end.bug;
    run.interrupted = run.interrupted || outcome.measured.end_reason == "interrupted";
    const auto play = header.value("play", nlohmann::ordered_json::object());
    attempt.report.name = play.value("name", attempt.scenario.name);
    attempt.index = play.value("index", std::size_t{0});
    attempt.number = play.value("attempt", 1U);
    attempt.report.journal = attempt.report.name +
                             (attempt.number > 1 ? fmt::format(".retry{}", attempt.number - 1) : "") + "/journal.jsonl";
    return attempt;
  } catch (const nlohmann::json::exception& e) {
    throw ErrorException(
        Error(Errc::invalid_argument, journal_file + ":1: the header is not one of a run: " + e.what()));
  }
}

/// Splits the folder's name as journal_name() made it: "x.retry1" is the second attempt at x.
std::pair<std::string, unsigned> attempt_of(const std::string& folder) {
  constexpr std::string_view kRetry = ".retry";
  const auto at = folder.rfind(kRetry);
  if (at == std::string::npos) return {folder, 1};
  const char *first = folder.data() + at + kRetry.size(), *end = folder.data() + folder.size();
  unsigned retry = 0;
  const auto [rest, error] = std::from_chars(first, end, retry);
  return error == std::errc{} && rest == end ? std::pair(folder.substr(0, at), retry + 1) : std::pair(folder, 1U);
}

/// What stands for a journal that cannot be read beside others that can.
Attempt missing(const std::string& journal_file, const std::string& why) {
  const auto folder = std::filesystem::path(journal_file).parent_path().filename().string();
  const auto [name, number] = attempt_of(folder);
  const auto end = kept_end(journal_file);
  Attempt attempt;
  attempt.report = unreadable(name, journal_file, end.trouble.empty() ? why : end.trouble);
  attempt.report.bug = end.bug;
  attempt.report.journal = folder + "/journal.jsonl";
  attempt.number = number;
  attempt.index = SIZE_MAX;  // at the end, unless another attempt tells the place
  return attempt;
}

/// One that cannot be read does not cost the verdicts of the others; when none can, there is nothing to report.
std::vector<Attempt> judge_all(const std::vector<std::string>& journal_files, reports::RunReport& run) {
  std::vector<Attempt> attempts;
  bool any_is_read = false;
  for (const auto& file : journal_files) {
    try {
      attempts.push_back(judge_again(file, run));
      any_is_read = true;
    } catch (const ErrorException& e) {
      attempts.push_back(missing(file, e.what()));
    }
  }
  if (!any_is_read && !attempts.empty())
    throw ErrorException(Error(Errc::invalid_argument, attempts.front().report.checks.front().observed));
  return attempts;
}

void find_places(std::vector<Attempt>& attempts) {
  std::map<std::string, std::size_t> places;
  for (const auto& a : attempts)
    if (a.index != SIZE_MAX) places.emplace(a.report.name, a.index);
  for (auto& a : attempts)
    if (const auto place = places.find(a.report.name); place != places.end()) a.index = place->second;
}

}  // namespace

reports::RunReport rejudge(const std::vector<std::string>& journal_files) {
  reports::RunReport run;
  run.version = FIRSTLIGHT_VERSION;
  auto attempts = judge_all(journal_files, run);
  find_places(attempts);
  std::stable_sort(attempts.begin(), attempts.end(), [](const Attempt& a, const Attempt& b) {
    return std::tie(a.index, a.report.name, a.number) < std::tie(b.index, b.report.name, b.number);
  });
  const auto started = parse_rfc3339(run.started_at).value_or(WallTime{});
  for (std::size_t i = 0; i < attempts.size();) {
    const auto& first = attempts[i];
    std::vector<reports::ScenarioReport> same;
    for (; i < attempts.size() && attempts[i].report.name == first.report.name; ++i) same.push_back(attempts[i].report);
    auto report = settle(std::move(same));
    apply_quarantine(report, first.scenario, started);
    run.duration_ms += report.duration_ms;
    run.scenarios.push_back(std::move(report));
  }
  return run;
}

}  // namespace firstlight::harness
