#include "fakes/http/fault_answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace firstlight::fakes {

namespace {

constexpr std::string_view kLength = "Content-Length: ";
constexpr std::size_t kChunk = 100;

/// Pieces of 100 bytes (RFC 9112 §7.1).
std::string in_chunks(std::string_view body) {
  std::string out;
  for (std::size_t i = 0; i < body.size(); i += kChunk) {
    const auto piece = body.substr(i, kChunk);
    out += fmt::format("{:x}\r\n{}\r\n", piece.size(), piece);
  }
  return out + "0\r\n\r\n";
}

/// The header with another framing line in place of Content-Length.
std::string with_framing(const std::string& message, const std::string& line) {
  const auto from = message.find(kLength);
  const auto to = message.find("\r\n", from);
  return message.substr(0, from) + line + message.substr(to, message.find("\r\n\r\n") + 4 - to);
}

}  // namespace

FaultedAnswer format_faulted(const wire::HttpResponse& response, const fault::HttpPlan& plan) {
  if (plan.garbage > 0) {
    std::string bytes;
    for (std::int64_t i = 0; i < plan.garbage; ++i) bytes += static_cast<char>(0x80 + i % 97);
    return {std::move(bytes), true};
  }
  FaultedAnswer answer{wire::format_response(response), false};
  const auto whole = answer.bytes;
  if (plan.chunked) answer.bytes = with_framing(whole, "Transfer-Encoding: chunked") + in_chunks(response.body);
  if (plan.wrong_length != 0) {
    const auto length = std::max<std::int64_t>(0, static_cast<std::int64_t>(response.body.size()) + plan.wrong_length);
    answer.bytes = with_framing(whole, fmt::format("{}{}", kLength, length)) + response.body;
    answer.close = true;
  }
  if (plan.keep) {
    answer.bytes.resize(static_cast<std::size_t>(std::lround(*plan.keep * static_cast<double>(answer.bytes.size()))));
    answer.close = true;
  }
  return answer;
}

}  // namespace firstlight::fakes
