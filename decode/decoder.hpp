// A decoder says how one value of the language is read and how the JSON Schema describes it, so the loader and the
// schema cannot disagree. The files language/*_decoder.cpp put the language together from these parts; a new key is a
// new field there.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "decode/node.hpp"

namespace firstlight::decode {

using Json = nlohmann::ordered_json;

/// One file being read: collects what is wrong with it.
class DecodeContext {
 public:
  explicit DecodeContext(const SourceText& source) : source_(source) {}
  /// Reports it; always false, so that a decoder can end with it.
  bool error(std::size_t offset, std::string message, std::string hint = {});
  bool error(const Node& node, std::string message, std::string hint = {}) {
    return error(node.offset, std::move(message), std::move(hint));
  }
  [[nodiscard]] Position position(const Node& node) const { return source_.position(node.offset); }
  [[nodiscard]] const std::vector<DecodeError>& errors() const { return errors_; }

 private:
  const SourceText& source_;
  std::vector<DecodeError> errors_;
};

template <class T>
struct Decoder {
  using Value = T;
  std::function<bool(DecodeContext&, const Node&, T&)>
      read;  // false: an error was reported and the value is not to be used
  Json schema;
};

/// What the author wrote, in quotes and shortened, for a message.
[[nodiscard]] std::string in_quotes(std::string_view text);
/// `a map`, `a list`, `the number 5`, `the text "x"`, `nothing`.
[[nodiscard]] std::string what_it_is(const Node& node);
/// Reports "expected …, found …" and returns false.
bool wrong_type(DecodeContext& context, const Node& node, std::string_view expected, std::string hint = {});
/// `did you mean "x"?`, or else the whole list; empty without candidates.
[[nodiscard]] std::string suggestion(std::string_view written, const std::vector<std::string_view>& candidates);
/// Reports it and returns false.
bool not_offered_yet(DecodeContext& context, const Node& node);
/// Reports the key; the known key that was probably meant, or empty.
std::string_view unknown_key(DecodeContext& context, const Node& key, std::string_view map,
                             const std::vector<std::string_view>& known);

// -- maps --------------------------------------------------------------------------------------------------------

template <class T>
struct Field {
  std::string key;
  std::function<bool(DecodeContext&, const Node&, T&)> read;  // empty: a later version's key
  Json schema;
  bool is_required = false;

  [[nodiscard]] Field required() && {
    is_required = true;
    return std::move(*this);
  }
  [[nodiscard]] Field otherwise(Json value) && {
    schema["default"] = std::move(value);
    return std::move(*this);
  }
};

template <class T, class Member, class V>
Field<T> field(std::string key, Member T::*member, Decoder<V> decoder, std::string description) {
  Field<T> result;
  result.key = std::move(key);
  result.schema = std::move(decoder.schema);
  result.schema["description"] = std::move(description);
  result.read = [member, read = std::move(decoder.read)](DecodeContext& context, const Node& node, T& out) {
    V value{};
    if (!read(context, node, value)) return false;
    out.*member = std::move(value);
    return true;
  };
  return result;
}

/// A key whose value fills several members of T: the decoder reads into the whole T.
template <class T>
Field<T> field_of_all(std::string key, Decoder<T> decoder, std::string description) {
  Field<T> result;
  result.key = std::move(key);
  result.schema = std::move(decoder.schema);
  result.schema["description"] = std::move(description);
  result.read = std::move(decoder.read);
  return result;
}

template <class T>
Field<T> later(std::string key) {
  Field<T> result;
  result.key = std::move(key);
  return result;
}

/// Which keys of a map were read without an error, for checks that compare several.
struct ValidatedKeys {
  const Node& map;
  std::vector<std::string_view> keys;
  [[nodiscard]] bool has(std::string_view key) const { return std::find(keys.begin(), keys.end(), key) != keys.end(); }
  [[nodiscard]] const Node& node(std::string_view key) const { return *map.find(key); }  // only when has(key)
};
template <class T>
using Check = std::function<bool(DecodeContext&, const ValidatedKeys&, const T&)>;  // false: reported
/// For a Check: at least one of the keys must be there, right or wrong.
bool needs_one_of(DecodeContext& context, const ValidatedKeys& validated, std::string_view map,
                  const std::vector<std::string_view>& keys);

/// Reports keys that come twice; the entries that remain, each key once.
[[nodiscard]] std::vector<std::pair<const Node*, const Node*>> unique_entries(DecodeContext& context, const Node& map);

/// A map with the fields given and no other key. `name` is what messages call it.
template <class T>
Decoder<T> map_decoder(std::string name, std::vector<Field<T>> fields, Check<T> check = {}) {
  Decoder<T> decoder;
  decoder.schema = {{"type", "object"}, {"additionalProperties", false}, {"properties", Json::object()}};
  for (const auto& f : fields) {
    if (!f.read) continue;
    decoder.schema["properties"][f.key] = f.schema;
    if (f.is_required) decoder.schema["required"].push_back(f.key);
  }
  decoder.read = [name = std::move(name), fields = std::move(fields), check = std::move(check)](
                     DecodeContext& context, const Node& node, T& out) {
    if (node.kind != Node::Kind::map) return wrong_type(context, node, "a map (" + name + ")");
    bool ok = true;
    ValidatedKeys keys{node, {}};
    std::vector<std::string_view> known, misspelt;
    for (const auto& f : fields)
      if (f.read) known.push_back(f.key);
    for (const auto& entry : unique_entries(context, node)) {
      const Node *key = entry.first, *value = entry.second;
      const auto f = std::find_if(fields.begin(), fields.end(), [&](const auto& x) { return x.key == key->text; });
      if (f == fields.end()) {
        misspelt.push_back(unknown_key(context, *key, name, known));
        ok = false;
      } else if (!f->read) {
        not_offered_yet(context, *key);
        ok = false;
      } else if (f->read(context, *value, out)) {
        keys.keys.push_back(f->key);
      } else {
        ok = false;
      }
    }
    for (const auto& f : fields) {
      if (!f.is_required || node.find(f.key)) continue;
      ok = false;
      if (std::find(misspelt.begin(), misspelt.end(), f.key) != misspelt.end()) continue;
      context.error(node.key ? *node.key : node, fmt::format("missing key \"{}\" in {}", f.key, name));
    }
    if (check && !check(context, keys, out)) ok = false;
    return ok;
  };
  return decoder;
}

// -- a choice between words and maps with one key ----------------------------------------------------------------

template <class T>
struct Alternative {
  std::string key;
  std::function<bool(DecodeContext&, const Node&, T&)> read;  // empty: a later version's
  Json schema;                                                // of the value; null: a bare word
};

template <class T>
Alternative<T> word(std::string key, T value) {
  const auto take = [value](DecodeContext&, const Node&, T& out) {
    out = value;
    return true;
  };
  return {std::move(key), take, {}};
}
template <class T, class V>
Alternative<T> keyed(std::string key, Decoder<V> decoder, std::string description) {
  Alternative<T> result;
  result.key = std::move(key);
  result.schema = std::move(decoder.schema);
  result.schema["description"] = std::move(description);
  result.read = [read = std::move(decoder.read)](DecodeContext& context, const Node& node, T& out) {
    V value{};
    if (!read(context, node, value)) return false;
    out = std::move(value);
    return true;
  };
  return result;
}
template <class T>
Alternative<T> later_alternative(std::string key) {
  return {std::move(key), {}, {}};
}

/// `word`, or `{key: value}` with exactly one key.
template <class T>
Decoder<T> choice_decoder(std::string name, std::vector<Alternative<T>> alternatives) {
  Decoder<T> decoder;
  for (const auto& a : alternatives) {
    if (!a.read) continue;
    if (a.schema.is_null())
      decoder.schema["anyOf"].push_back({{"const", a.key}});
    else
      decoder.schema["anyOf"].push_back({{"type", "object"},
                                         {"additionalProperties", false},
                                         {"properties", {{a.key, a.schema}}},
                                         {"required", {a.key}}});
  }
  decoder.read = [name = std::move(name), alternatives = std::move(alternatives)](DecodeContext& context,
                                                                                  const Node& node, T& out) {
    const bool bare = node.kind == Node::Kind::scalar;
    if (!bare && node.kind != Node::Kind::map) return wrong_type(context, node, name);
    if (!bare && node.entries.size() != 1) {
      context.error(node, fmt::format("{} is a map with exactly one key, this one has {}", name, node.entries.size()));
      return false;
    }
    const Node& key = bare ? node : *node.entries.front().first;
    const auto a =
        std::find_if(alternatives.begin(), alternatives.end(), [&](const auto& x) { return x.key == key.text; });
    if (a == alternatives.end()) {
      std::vector<std::string_view> known;
      for (const auto& x : alternatives)
        if (x.read) known.push_back(x.key);
      context.error(key, fmt::format("unknown {} {}", name, in_quotes(key.text)), suggestion(key.text, known));
      return false;
    }
    if (!a->read) return not_offered_yet(context, key);
    if (bare == a->schema.is_null()) return a->read(context, bare ? node : *node.entries.front().second, out);
    if (bare)
      context.error(key, fmt::format("\"{}\" needs a value", a->key), fmt::format("write {{{}: …}}", a->key));
    else
      context.error(key, fmt::format("\"{}\" takes no value", a->key), fmt::format("write {}", a->key));
    return false;
  };
  return decoder;
}

/// A list with at least one item, each read by `item`.
template <class T>
Decoder<std::vector<T>> list_decoder(std::string name, Decoder<T> item) {
  Decoder<std::vector<T>> decoder;
  decoder.schema = {{"type", "array"}, {"minItems", 1}, {"items", std::move(item.schema)}};
  decoder.read = [name = std::move(name), read = std::move(item.read)](DecodeContext& context, const Node& node,
                                                                       std::vector<T>& out) {
    if (node.kind != Node::Kind::sequence) return wrong_type(context, node, "a list (" + name + ")");
    if (node.items.empty()) return context.error(node, fmt::format("an empty list ({})", name));
    bool ok = true;
    for (const Node* child : node.items) {
      T value{};
      if (read(context, *child, value))
        out.push_back(std::move(value));
      else
        ok = false;
    }
    return ok;
  };
  return decoder;
}

}  // namespace firstlight::decode
