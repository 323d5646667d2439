// What a scenario may expect, as far as the language knows it: an expectation is read, has a text, and may contradict
// the rest of its scenario. The rooms above derive from it and say what it means (judge/expectation.hpp); the loader
// learns of their kinds by a Vocabulary.
#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "decode/decoder.hpp"
#include "language/parts.hpp"

namespace firstlight::language {

class ScenarioChecker;

/// One expectation as it was read. Nothing changes it afterwards: the copies of a scenario share it.
class Expectation {
 public:
  virtual ~Expectation() = default;

  /// Its value as a scenario would write it: `{cameras: 100%, within: 30s}`. The loader reads it back.
  [[nodiscard]] virtual std::string text() const = 0;
  /// What it bounds, as texts of its own choice. Two expectations of one kind that share one are a mistake: the second
  /// one says again, or contradicts, what the first one said. Unless overridden, only an equal one does.
  [[nodiscard]] virtual std::vector<std::string> subjects() const { return {text()}; }
  /// Reports where the rest of the scenario contradicts it: a bound beyond the end, more cameras than there are.
  virtual void contradictions(ScenarioChecker&) const {}

 protected:
  Expectation() = default;
  Expectation(const Expectation&) = default;
  Expectation(Expectation&&) = default;
  Expectation& operator=(const Expectation&) = default;
  Expectation& operator=(Expectation&&) = default;
};
using ExpectationPtr = std::shared_ptr<const Expectation>;

/// One word below `expect:`. Whoever makes a vocabulary keeps its kinds until the end of the program.
struct ExpectationKind {
  std::string_view name;     // the key
  std::string_view summary;  // one sentence for the schema
  Decoder<ExpectationPtr> (*decoder)() = nullptr;
};

/// The kind that T is of. T::decoder() says how it is read.
template <std::derived_from<Expectation> T>
[[nodiscard]] constexpr ExpectationKind kind_of(std::string_view name, std::string_view summary) {
  return {name, summary, [] {
            Decoder<T> inner = T::decoder();
            Decoder<ExpectationPtr> decoder;
            decoder.schema = std::move(inner.schema);
            decoder.read = [read = std::move(inner.read)](DecodeContext& context, const Node& node,
                                                          ExpectationPtr& out) {
              T value{};
              if (!read(context, node, value)) return false;
              out = std::make_shared<const T>(std::move(value));
              return true;
            };
            return decoder;
          }};
}

/// One item of `expect`.
struct ExpectItem {
  Position at;
  std::string kind;  // its key
  ExpectationPtr what;
  /// As a scenario would write it: `online: {cameras: 100%, within: 30s}`.
  [[nodiscard]] std::string text() const { return kind + ": " + what->text(); }
};

}  // namespace firstlight::language
