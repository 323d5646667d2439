#include "harness/run/attempt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "harness/run/bookkeeping.hpp"
#include "journal/journal.hpp"

namespace firstlight::harness {

namespace {

/// A trouble that the judge calls the lab's is ours when the process crashed.
void blame_ourselves(Outcome& outcome, const std::string& trouble) {
  for (auto& check : outcome.checks)
    if (check.verdict == Verdict::infra && check.observed == trouble) check.expect = "firstlight does not crash";
}

}  // namespace

WallTime RunContext::started() const {
  return parse_rfc3339(started_at).value_or(WallTime{});
}

std::string journal_name(const Play& play, unsigned attempt) {
  return play.name + (attempt > 1 ? fmt::format(".retry{}", attempt - 1) : "") + "/journal.jsonl";
}

PlayRequest prepare(const Play& play, unsigned attempt, const RunContext& run) {
  const auto& options = run.options;
  PlayRequest request;
  request.scenario = *play.scenario;
  request.seed = play.seed;
  request.defects = play.defects;
  request.journal_file = run.folder.path + "/" + journal_name(play, attempt);
  std::error_code ec;  // what cannot be made, the journal will complain of
  std::filesystem::create_directory(std::filesystem::path(request.journal_file).parent_path(), ec);
  request.header = {{"version", FIRSTLIGHT_VERSION},
                    {"run",
                     {{"id", run.folder.id},
                      {"seed", run.seed},
                      {"started_at", run.started_at},
                      {"flaky", options.flaky_fails ? "fail" : "pass"},
                      {"timeout_multiplier", options.timeout_multiplier},
                      {"shard", options.shard ? options.shard->text() : ""}}},
                    {"play", {{"name", play.name}, {"index", play.index}, {"attempt", attempt}}},
                    {"seed", play.seed},
                    {"defects", fault::names_of(play.defects)},
                    {"scenario", {{"file", play.scenario->file}, {"source", play.scenario->source}}}};
  request.narrate = options.verbosity == Verbosity::verbose;
  return request;
}

reports::ScenarioReport assess(const Play& play, unsigned attempt, const RunContext& run, const PlayEnd& end) {
  const auto name = journal_name(play, attempt);
  auto saved = journal::read_journal(run.folder.path + "/" + name);
  auto trouble = end.trouble;
  if (!saved && trouble.empty()) trouble = saved.error().text();
  static const std::vector<journal::Event> kNone;
  const auto& events = saved ? saved->events : kNone;
  auto outcome = judge(*play.scenario, play.seed, events, trouble);
  if (saved) outcome.started_at = saved->header.value("started_at", "");
  if (end.bug) blame_ourselves(outcome, trouble);
  outcome.repro = repro_line(play.scenario->file, play.seed, run.options.timeout_multiplier, play.defects);
  auto report = reports::describe(*play.scenario, outcome, events);
  report.name = play.name;
  report.bug = end.bug;
  report.journal = name;
  return report;
}

}  // namespace firstlight::harness
