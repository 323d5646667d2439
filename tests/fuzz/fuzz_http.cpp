// HTTP: the parsers never crash, and how the bytes are cut never changes what is read. The input's first byte says
// where to cut; whether a wrong message is refused early or late may depend on the cut, but not that it is refused.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "wire/http.hpp"

using namespace firstlight::wire;

namespace {

struct Outcome {
  std::vector<std::string> messages;
  bool failed = false;
  bool operator==(const Outcome&) const = default;
};

std::string text_of(const HttpRequest& m) {
  std::string text = m.method + " " + m.target + (m.keep_alive ? " keep" : " close") + "\n";
  for (const auto& [name, value] : m.headers) text += name + "=" + value + "\n";
  return text + "\n" + m.body;
}
std::string text_of(const HttpResponse& m) {
  std::string text = std::to_string(m.status) + " " + m.content_type + (m.close ? " close" : " keep") + "\n";
  for (const auto& [name, value] : m.headers) text += name + "=" + value + "\n";
  return text + "\n" + m.body;
}

template <class Message>
bool feed_all(HttpParser<Message>& parser, std::string_view piece, Outcome& out) {
  while (!piece.empty()) {
    const auto taken = parser.feed(piece);
    if (!taken) return false;
    if (*taken > piece.size() || (*taken < piece.size() && !parser.done())) std::abort();
    piece.remove_prefix(*taken);
    if (parser.done()) out.messages.push_back(text_of(parser.take()));
  }
  return true;
}

template <class Message>
Outcome outcome(std::string_view bytes, std::size_t cut) {
  HttpLimits limits;
  limits.header_bytes = 256;
  limits.body_bytes = 512;
  HttpParser<Message> parser(limits);
  Outcome out;
  out.failed =
      !feed_all(parser, bytes.substr(0, cut), out) || !feed_all(parser, bytes.substr(cut), out) || !parser.feed_end();
  if (!out.failed && parser.done()) out.messages.push_back(text_of(parser.take()));
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t cut = bytes.empty() ? 0 : data[0] * bytes.size() / 256;
  if (outcome<HttpRequest>(bytes, bytes.size()) != outcome<HttpRequest>(bytes, cut)) std::abort();
  if (outcome<HttpResponse>(bytes, bytes.size()) != outcome<HttpResponse>(bytes, cut)) std::abort();
  if (const auto pairs = parse_query(bytes))
    for (const auto& [name, value] : *pairs)
      if (percent_decode(percent_encode(name), Plus::space) != name) std::abort();
  return 0;
}
