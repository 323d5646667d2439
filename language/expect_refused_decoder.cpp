// The expectation refused: by whom, and for which reason.
#include "base/error.hpp"
#include "language/event_fields.hpp"
#include "language/expect_decoder.hpp"

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

/// 403 of `http-403`; 0 for anything else.
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

bool read_error_name(DecodeContext& context, const Node& node, std::string& out, bool http) {
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

bool check_reason(DecodeContext& context, const ValidatedKeys& keys, const ExpectRefused& e) {
  if (!keys.has("by") || !keys.has("reason")) return true;  // reported
  const bool http = http_reason(e.reason) != 0;
  const bool speaks_http = e.by != RefusedBy::broker && e.by != RefusedBy::camera;
  const bool only_http = e.by == RefusedBy::endorse || e.by == RefusedBy::keys;
  if (http == speaks_http || (!http && !only_http)) return true;
  if (http)
    context.error(keys.node("reason"), fmt::format("{} does not refuse with an HTTP status", refused_by_name(e.by)),
                  e.by == RefusedBy::camera ? "a camera that is refused so says http-status" : "");
  else
    context.error(keys.node("reason"), fmt::format("{} refuses with an HTTP status", refused_by_name(e.by)),
                  "for example http-403");
  return false;
}

bool check_refused(DecodeContext& context, const ValidatedKeys& keys, const ExpectRefused& e) {
  bool ok = check_reason(context, keys, e);
  const auto report = [&](std::string_view key, std::string text) {
    context.error(keys.node(key), std::move(text));
    ok = false;
  };
  if (keys.has("cameras") && keys.has("at_least"))
    report("at_least", "cameras says how many exactly, at_least how many at least: one of the two");
  if (!keys.has("by")) return ok;
  const bool service = e.by != RefusedBy::broker && e.by != RefusedBy::camera;
  if (keys.has("status") && !service)
    report("status", fmt::format("{} answers with no HTTP status", refused_by_name(e.by)));
  if (keys.has("stage") && e.by != RefusedBy::camera) report("stage", "a stage goes with by: camera");
  const auto told = keys.has("reason") ? http_reason(e.reason) : 0;
  if (keys.has("status") && told != 0 && told != *e.http_status)
    report("status", fmt::format("status {} contradicts the reason {}", *e.http_status, e.reason));
  return ok;
}

}  // namespace

Decoder<std::string> error_name_decoder() {
  Decoder<std::string> decoder;
  decoder.schema = {{"type", "string"}, {"pattern", "^[a-z]+([-_][a-z0-9]+)*$"}};
  decoder.read = [](DecodeContext& context, const Node& node, std::string& out) {
    return read_error_name(context, node, out, false);
  };
  return decoder;
}

Decoder<ExpectRefused> expect_refused_decoder() {
  std::vector<Word<RefusedBy>> sides;
  for (const auto by :
       {RefusedBy::endorse, RefusedBy::keys, RefusedBy::config_api, RefusedBy::broker, RefusedBy::camera})
    sides.push_back({refused_by_name(by), by});
  Decoder<std::string> reason = error_name_decoder();
  reason.read = [](DecodeContext& context, const Node& node, std::string& out) {
    return read_error_name(context, node, out, true);
  };
  return map_decoder<ExpectRefused>(
      "refused",
      {field("by", &ExpectRefused::by, words_decoder<RefusedBy>("side", std::move(sides)), "Who refuses.").required(),
       field("reason", &ExpectRefused::reason, std::move(reason), "An error's name, or http-403 and the like.")
           .required(),
       field("cameras", &ExpectRefused::cameras, optional_decoder(camera_set_decoder()),
             "Exactly so many cameras. Without this and at_least: one at least."),
       field("at_least", &ExpectRefused::at_least, optional_decoder(camera_set_decoder()), "So many cameras at least."),
       field("status", &ExpectRefused::http_status, optional_decoder(small_integer_decoder(400, 599)),
             "The service also answered the camera with this HTTP status."),
       field("stage", &ExpectRefused::stage, optional_decoder(words_decoder<journal::Stage>("stage", stage_words())),
             "With by: camera, the stage in which it refused.")},
      check_refused);
}

}  // namespace firstlight::language
