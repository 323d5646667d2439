#include "language/words.hpp"

#include "base/error.hpp"
#include "language/event_fields.hpp"

namespace firstlight::language {

namespace {

const std::vector<std::string_view>& error_names() {
  static const std::vector<std::string_view> names{
#define X(id, name, text) name,
#include "base/error_list.def"
#undef X
  };
  return names;
}

enum class HttpReasons : std::uint8_t { refused, offered };

bool read_error_name(DecodeContext& context, const Node& node, std::string& out, HttpReasons reasons) {
  const bool http = reasons == HttpReasons::offered;
  const std::string_view expected = http ? "an error's name or http-NNN" : "an error's name";
  if (node.kind != Node::Kind::scalar || scalar_kind(node) != ScalarKind::text)
    return wrong_type(context, node, expected, "for example certificate_expired");
  out = error_spelling(node.text);
  Errc code{};
  if (parse_error_name(out, code) || (http && http_reason(out) != 0)) return true;
  auto hint = suggestion(out, error_names());
  if (hint.starts_with("one of:")) hint = "firstlight knows these names from base/error_list.def";
  if (out.starts_with("http-") && http) hint = "write http- and a status from 400 to 599, for example http-403";
  context.error(node, fmt::format("unknown reason {}", in_quotes(node.text)), hint);
  return false;
}

Decoder<std::string> error_decoder(HttpReasons reasons) {
  Decoder<std::string> decoder;
  decoder.schema = {{"type", "string"}, {"pattern", "^[a-z]+([-_][a-z0-9]+)*$"}};
  decoder.read = [reasons](DecodeContext& context, const Node& node, std::string& out) {
    return read_error_name(context, node, out, reasons);
  };
  return decoder;
}

}  // namespace

std::vector<Word<journal::Stage>> stage_words() {
  std::vector<Word<journal::Stage>> words;
  for (const auto& info : journal::kStages) words.push_back({info.name, info.stage});
  return words;
}

std::uint32_t http_reason(std::string_view reason) {
  constexpr std::string_view kPrefix = "http-";
  if (reason.size() != kPrefix.size() + 3 || reason.substr(0, kPrefix.size()) != kPrefix) return 0;
  std::uint32_t status = 0;
  for (const char c : reason.substr(kPrefix.size())) {
    if (c < '0' || c > '9') return 0;
    status = status * 10 + static_cast<std::uint32_t>(c - '0');
  }
  return status >= 400 && status <= 599 ? status : 0;
}

Decoder<std::string> error_name_decoder() {
  return error_decoder(HttpReasons::refused);
}

Decoder<std::string> refusal_reason_decoder() {
  return error_decoder(HttpReasons::offered);
}

}  // namespace firstlight::language
