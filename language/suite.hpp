// Several scenarios: the files below the given paths, loaded and selected by tag and part. Called by `run`, `list` and
// `check`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "decode/diagnostic.hpp"
#include "language/scenario.hpp"
#include "language/suite_part.hpp"
#include "language/vocabulary.hpp"

namespace firstlight::language {

struct SuiteFilter {
  std::vector<std::string> tags;          // a scenario needs one of them; empty: any scenario
  std::vector<std::string> exclude_tags;  // and none of these
  std::optional<SuitePart> part = {};     // of what the tags select; nothing: all
};

struct Suite {
  std::vector<Scenario> scenarios;      // selected, in the order of the paths given and sorted below a folder
  std::size_t deselected = 0;           // correct scenarios that the tags left out
  std::size_t other_parts = 0;          // selected, and another part's
  std::vector<Diagnostic> diagnostics;  // of every file, selected or not; nothing may run unless it is empty
};

/// A path is a file, or a folder that is searched for *.yaml and *.yml (hidden names are skipped, links to folders are
/// not followed). A file named twice is loaded once. Mistakes: no such path, a folder without scenarios, two scenarios
/// with one name.
[[nodiscard]] Suite load_suite(const std::vector<std::string>& paths, const Vocabulary& vocabulary,
                               const SuiteFilter& filter = {});

}  // namespace firstlight::language
