#include "decode/decoder.hpp"

#include <fmt/ranges.h>

#include "decode/diagnostic.hpp"

namespace firstlight::decode {

bool DecodeContext::error(std::size_t offset, std::string message, std::string hint) {
  constexpr std::size_t kMost = 1000;  // bounds the memory; the loader shows fewer
  if (errors_.size() < kMost) errors_.push_back({offset, std::move(message), std::move(hint)});
  return false;
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kMost = 40;
  std::string out;
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (++count > kMost) return "\"" + out + "…\"";
    const auto c = decode_utf8(text, i);
    const bool plain = c.valid && c.code >= 0x20 && !is_forbidden_control(c.code);
    out += plain ? std::string(text.substr(i, c.bytes)) : c.code == '\n' ? " " : "?";
    i += c.bytes;
  }
  return "\"" + out + "\"";
}

std::string what_it_is(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null:
      return "nothing";
    case Node::Kind::sequence:
      return "a list";
    case Node::Kind::map:
      return "a map";
    case Node::Kind::scalar:
      break;
  }
  switch (scalar_kind(node)) {
    case ScalarKind::text:
      return "the text " + in_quotes(node.text);
    case ScalarKind::boolean:
      return "the boolean " + node.text;
    case ScalarKind::integer:
    case ScalarKind::real:
      break;
  }
  const auto shown = in_quotes(node.text);
  return "the number " + shown.substr(1, shown.size() - 2);
}

bool wrong_type(DecodeContext& context, const Node& node, std::string_view expected, std::string hint) {
  context.error(node, fmt::format("expected {}, found {}", expected, what_it_is(node)), std::move(hint));
  return false;
}

std::string suggestion(std::string_view written, const std::vector<std::string_view>& candidates) {
  if (const auto near = nearest(written, candidates); !near.empty()) return fmt::format("did you mean \"{}\"?", near);
  return candidates.empty() ? "" : fmt::format("one of: {}", fmt::join(candidates, ", "));
}

bool not_offered_yet(DecodeContext& context, const Node& node) {
  return context.error(node, fmt::format("{} is not offered yet in this version", in_quotes(node.text)));
}

std::string_view unknown_key(DecodeContext& context, const Node& key, std::string_view map,
                             const std::vector<std::string_view>& known) {
  const bool merge = key.text == "<<";
  context.error(key, fmt::format("unknown key {} in {}", in_quotes(key.text), map),
                merge ? "merge keys are not part of the language" : suggestion(key.text, known));
  return merge ? std::string_view{} : nearest(key.text, known);
}

std::vector<std::pair<const Node*, const Node*>> unique_entries(DecodeContext& context, const Node& map) {
  std::vector<std::pair<const Node*, const Node*>> unique;
  std::unordered_map<std::string_view, const Node*> seen;
  for (const auto& entry : map.entries) {
    const auto [first, is_new] = seen.emplace(entry.first->text, entry.first);
    if (is_new)
      unique.push_back(entry);
    else
      context.error(*entry.first, fmt::format("duplicate key {}; line {} has it already", in_quotes(entry.first->text),
                                              context.position(*first->second).line));
  }
  return unique;
}

bool needs_one_of(DecodeContext& context, const ValidatedKeys& validated, std::string_view map,
                  const std::vector<std::string_view>& keys) {
  for (const auto key : keys)
    if (validated.map.find(key)) return true;
  return context.error(validated.map.key ? *validated.map.key : validated.map,
                       fmt::format("{} needs at least one of {}", map, fmt::join(keys, ", ")));
}

}  // namespace firstlight::decode
