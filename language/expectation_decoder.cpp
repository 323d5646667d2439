#include "language/language.hpp"
#include "language/vocabulary.hpp"

namespace firstlight::language {

Decoder<ExpectItem> expectation_decoder(std::span<const ExpectationKind* const> kinds) {
  std::vector<Alternative<ExpectationPtr>> alternatives;
  for (const auto* kind : kinds)
    alternatives.push_back(keyed<ExpectationPtr>(std::string(kind->name), kind->decoder(), std::string(kind->summary)));
  auto choice = choice_decoder<ExpectationPtr>("expectation", std::move(alternatives));
  Decoder<ExpectItem> decoder;
  decoder.schema = std::move(choice.schema);
  decoder.read = [read = std::move(choice.read)](DecodeContext& context, const Node& node, ExpectItem& out) {
    out.at = context.position(node);
    if (!read(context, node, out.what)) return false;
    out.kind = node.entries.front().first->text;
    return true;
  };
  return decoder;
}

Vocabulary::Vocabulary(std::span<const ExpectationKind* const> expectations)
    : scenario_(scenario_decoder(expectations)) {}

}  // namespace firstlight::language
