// Reads a scenario strictly: everything that is wrong with a file is reported, in the file's order, before anything
// starts. Called by the verbs of the command line, by `judge` on a saved journal's source text, and by the suite; all
// give it the program's vocabulary (judge::vocabulary()).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "decode/diagnostic.hpp"
#include "language/scenario.hpp"
#include "language/vocabulary.hpp"

namespace firstlight::language {

inline constexpr std::size_t kMaxScenarioBytes = 1024 * 1024;

struct LoadResult {
  std::optional<Scenario> scenario;     // set exactly when there is no diagnostic
  std::vector<Diagnostic> diagnostics;  // in the file's order, 50 and how many more at most

  [[nodiscard]] explicit operator bool() const { return scenario.has_value(); }
};

/// Pure: reads no file (a config_template that is a path stays a path). Never throws, whatever the text; time and
/// memory are bounded by the text's length.
[[nodiscard]] LoadResult load_scenario(std::string_view text, const std::string& file_name,
                                       const Vocabulary& vocabulary);

/// Reads the file, and the configuration template that it names.
[[nodiscard]] LoadResult load_scenario_file(const std::string& path, const Vocabulary& vocabulary);

/// The JSON Schema (2020-12) of the language as this version offers it; made from the same description as the loader.
[[nodiscard]] std::string scenario_schema(const Vocabulary& vocabulary);

}  // namespace firstlight::language
