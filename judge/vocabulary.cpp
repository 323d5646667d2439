#include "judge/vocabulary.hpp"

namespace firstlight::judge {

const language::Vocabulary& vocabulary() {
  static const language::Vocabulary kVocabulary(expectation_kinds());
  return kVocabulary;
}

}  // namespace firstlight::judge
