// The words that rooms above the language add to it, and the language made of them and its own. judge::vocabulary() is
// the program's; given to the loader by whoever loads a scenario.
#pragma once

#include <span>

#include "decode/decoder.hpp"
#include "language/expectation.hpp"
#include "language/scenario.hpp"

namespace firstlight::language {

/// Made once and shared: making it builds every decoder and the whole schema.
class Vocabulary {
 public:
  /// The kinds in the order in which the schema and the messages name them.
  explicit Vocabulary(std::span<const ExpectationKind* const> expectations);
  [[nodiscard]] const Decoder<Scenario>& scenario() const { return scenario_; }

 private:
  Decoder<Scenario> scenario_;
};

}  // namespace firstlight::language
