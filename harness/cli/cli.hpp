// The verbs of the command line: one file each. Every verb adds its options to a CLI11 subcommand and returns what to
// do when it is chosen; main.cpp is the wiring.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fault/defects.hpp"

#include "harness/scenario/shard.hpp"

namespace firstlight::harness::cli {

/// Exit codes of the program (README.md).
enum Exit : int {
  kOk = 0,
  kFailed = 1,
  kInterrupted = 2,
  kBug = 3,
  kUsage = 4,
  kNothingSelected = 5,
  kInfra = 10,
  kThreshold = 11,
  kInconclusive = 12,
  kFlaky = 13,
};

using Action = std::function<int()>;

Action add_run(CLI::App& app);
Action add_list(CLI::App& app);
Action add_check(CLI::App& app);
Action add_schema(CLI::App& app);
Action add_faults(CLI::App& app);
Action add_prove(CLI::App& app);
Action add_judge(CLI::App& app);
Action add_merge(CLI::App& app);
Action add_play_one(CLI::App& app);
Action add_lab(CLI::App& app);
Action add_camera(CLI::App& app);

/// `--defect NAME`, repeatable. `target` lives as long as the verb's action.
void add_defect_option(CLI::App& verb, fault::DefectSet& target);

/// An option with named values. (CLI11's own transformers print the numbers of an enum in the help.) `target` lives as
/// long as the verb's action.
template <class T>
void add_choice(CLI::App& verb, const std::string& flag, T& target,
                const std::vector<std::pair<std::string, T>>& choices, const std::string& help) {
  std::vector<std::string> names;
  for (const auto& [name, value] : choices) names.push_back(name);
  const auto set = [&target, choices](const std::string& text) {
    for (const auto& [name, value] : choices)
      if (name == text) target = value;
  };
  verb.add_option_function<std::string>(flag, set, help)->check(CLI::IsMember(names));
}

/// `--shard I/N`. `target` lives as long as the verb's action.
void add_shard_option(CLI::App& verb, std::optional<Shard>& target);

/// Writes a report file; "-" is standard output. False, with a message on stderr, when it cannot be written.
[[nodiscard]] bool write_report(const std::string& path, const std::string& text);
/// "firstlight: …" on stderr.
void complain(const std::string& message);

}  // namespace firstlight::harness::cli
