// The verbs of the command line: one file each. Every verb adds its options to a CLI11 subcommand and returns what to
// do when it is chosen; main.cpp is the wiring.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "decode/diagnostic.hpp"
#include "fault/defects.hpp"
#include "harness/run/print.hpp"
#include "language/suite_part.hpp"

namespace firstlight::harness::cli {

/// Exit codes of the program (docs/verdicts.md).
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

// -- options of several verbs (options.cpp); a `target` lives as long as the verb's action -------------------------

/// One value each time it is given, so that it does not swallow the paths behind it.
CLI::Option* repeatable(CLI::Option* option);
/// The value is a plain decimal number from `least` to `most`: no sign, no leading zero, which CLI11 would take for an
/// octal one.
[[nodiscard]] CLI::Validator whole_number(std::uint64_t least, std::uint64_t most);
/// The value is not empty, as that of a shell's unset variable is.
[[nodiscard]] CLI::Validator not_empty();
enum class Wildcard : std::uint8_t { forbidden, allowed };  // `*.name`
/// The value is a DNS name or an address.
[[nodiscard]] CLI::Validator host_name(Wildcard wildcard);

/// `--seed N`.
CLI::Option* add_seed_option(CLI::App& verb, std::optional<std::uint64_t>& target,
                             const std::string& help = "Seed of every random draw; overrides the scenarios' own");
/// `--shard I/N`.
void add_suite_part_option(CLI::App& verb, std::optional<language::SuitePart>& target);
/// `--defect NAME`, repeatable.
void add_defect_option(CLI::App& verb, fault::DefectSet& target);

// -- files and messages (common.cpp) -----------------------------------------------------------------------------

/// What the user did wrong, in one sentence; main says it and ends with kUsage.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throws UsageError (the path and why) for a folder, and for what cannot be read.
[[nodiscard]] std::string read_whole_file(const std::string& path);
/// Before the work begins. Throws UsageError when no file can be written there; "-" and "" are fine.
void check_report_path(const std::string& path);
/// Writes a report file; "-" is standard output. False, with a message on stderr, when it cannot be written.
[[nodiscard]] bool write_report(const std::string& path, const std::string& text);
/// Says what is wrong with the scenarios, if anything is: that is, whether it said something.
[[nodiscard]] bool complain_about(const std::vector<decode::Diagnostic>& diagnostics);
/// `; did you mean "x"?`, or nothing when none of the names is near.
[[nodiscard]] std::string did_you_mean(std::string_view written, const std::vector<std::string_view>& names);
/// "firstlight: …" on stderr.
void complain(const std::string& message);

}  // namespace firstlight::harness::cli
