// The expectations that can be judged, as the loader needs them. Given to the loader by everybody who loads a scenario
// that may be judged.
#pragma once

#include <span>

#include "language/vocabulary.hpp"

namespace firstlight::judge {

/// One for each file of judge/expectations/, by name. Defined in a file that the build writes
/// (cmake/expectations.cmake).
[[nodiscard]] std::span<const language::ExpectationKind* const> expectation_kinds();

[[nodiscard]] const language::Vocabulary& vocabulary();

}  // namespace firstlight::judge
