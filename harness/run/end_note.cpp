#include "harness/run/end_note.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

namespace firstlight::harness {

namespace {

std::filesystem::path note_beside(const std::string& journal_file) {
  return std::filesystem::path(journal_file).parent_path() / "end.json";
}

/// A trouble that the judge calls the lab's is ours when the process crashed.
void blame_ourselves(judge::Outcome& outcome, const std::string& trouble) {
  for (auto& check : outcome.checks)
    if (check.verdict == judge::Verdict::infra && check.observed == trouble) check.expect = "firstlight does not crash";
}

/// Of a damaged journal: a camera that the scenario does not have. Empty: each is of the fleet.
std::string unknown_camera_among(const std::vector<journal::Event>& events, std::uint32_t fleet) {
  const auto strange =
      std::find_if(events.begin(), events.end(), [fleet](const auto& event) { return event.camera > fleet; });
  if (strange == events.end()) return {};
  return fmt::format("the journal is damaged: lane {}, event {} is of camera {}, and the fleet has {}", strange->lane,
                     strange->sequence, strange->camera, fleet);
}

}  // namespace

void keep_end(const std::string& journal_file, const PlayEnd& end) {
  if (end.trouble.empty() && !end.bug) return;
  const nlohmann::ordered_json note = {{"trouble", end.trouble}, {"bug", end.bug}};
  std::ofstream(note_beside(journal_file))
      << note.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << "\n";
}

PlayEnd kept_end(const std::string& journal_file) {
  const auto path = note_beside(journal_file);
  std::ifstream file(path);
  if (!file) return {};
  const auto note = nlohmann::json::parse(std::string(std::istreambuf_iterator<char>(file), {}), nullptr, false);
  const bool readable = note.is_object() && note.contains("trouble") && note["trouble"].is_string() &&
                        note.contains("bug") && note["bug"].is_boolean();
  if (!readable) return {path.string() + " cannot be read: how the playing ended is not known", false};
  return {note["trouble"].get<std::string>(), note["bug"].get<bool>()};
}

PlayEnd with_state_of(const result<journal::Saved>& saved, PlayEnd end) {
  if (!end.trouble.empty()) return end;
  if (!saved)
    end.trouble = saved.error().text();
  else if (saved->torn_tail)
    end.trouble = "the journal's last line is incomplete: the process that wrote it died, or the disk was full";
  return end;
}

judge::Outcome judge_ended(const language::Scenario& scenario, std::uint64_t seed,
                           const std::vector<journal::Event>& events, const PlayEnd& end) {
  const auto trouble = end.trouble.empty() ? unknown_camera_among(events, scenario.cameras.count) : end.trouble;
  auto outcome = judge::judge(scenario, seed, events, trouble);
  if (end.bug) blame_ourselves(outcome, end.trouble);
  return outcome;
}

}  // namespace firstlight::harness
