// An expectation that can be judged: what the language knows of it, and its check. Each is one file in
// judge/expectations/ (docs/adding-an-expectation.md); called by judge() alone.
#pragma once

#include <concepts>
#include <string_view>

#include "judge/check_context.hpp"
#include "language/expectation.hpp"

namespace firstlight::judge {

using namespace language;  // expectations are written in terms of the language

class CheckedExpectation : public Expectation {
 public:
  /// Pure: the same events give the same finding.
  [[nodiscard]] virtual Finding check(const CheckContext& context) const = 0;
};

/// What each file of judge/expectations/ defines: the key, one sentence for the schema, and T, which does the rest.
template <std::derived_from<CheckedExpectation> T>
[[nodiscard]] constexpr ExpectationKind kind_of(std::string_view name, std::string_view summary) {
  return language::kind_of<T>(name, summary);
}

}  // namespace firstlight::judge
