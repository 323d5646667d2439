// A YAML document as a tree that remembers where everything stands. Made by parse_document, read by the decoders
// (decoder.hpp); yaml-cpp is behind it and nowhere else.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "decode/source_text.hpp"

namespace firstlight::decode {

inline constexpr std::size_t kMaxDepth = 64;
inline constexpr std::size_t kMaxNodes = 50'000;  // after every alias is followed

struct Node {
  enum class Kind : std::uint8_t { null, scalar, sequence, map };
  Kind kind = Kind::null;
  std::size_t offset = 0;     // in bytes; of an absent value, of what announces it
  std::string text;           // of a scalar
  bool plain = true;          // of a scalar: neither quoted nor a block, so it may be a number or a boolean
  const Node* key = nullptr;  // of a map's value: the key it was first written under
  std::vector<const Node*> items;
  std::vector<std::pair<const Node*, const Node*>> entries;  // in the file's order; a key may come twice
  std::size_t expanded = 1;                                  // nodes in this tree, aliases followed
  bool complete = false;

  [[nodiscard]] const Node* find(std::string_view name) const;
};

/// What a plain scalar is by YAML 1.2's core schema; everything else is text.
enum class ScalarKind : std::uint8_t { text, integer, real, boolean };
[[nodiscard]] ScalarKind scalar_kind(const Node& node);

struct DecodeError {
  std::size_t offset = 0;
  std::string message;
  std::string hint;
};

struct Document {
  std::deque<Node> nodes;
  const Node* root = nullptr;       // nothing: empty, or errors
  std::vector<DecodeError> errors;  // encoding, tabs, or the first of syntax
};

/// Never throws; bounded by the text's length.
[[nodiscard]] Document parse_document(const SourceText& source);

}  // namespace firstlight::decode
