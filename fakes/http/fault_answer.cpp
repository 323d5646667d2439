#include "fakes/http/fault_answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "fault/proof.hpp"

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
std::string with_framing(const std::string& header, const std::string& line) {
  const auto from = header.find(kLength);
  return header.substr(0, from) + line + header.substr(header.find("\r\n", from));
}

std::string garbage(std::int64_t size) {
  std::string bytes;
  for (std::int64_t i = 0; i < size; ++i) bytes += static_cast<char>(0x80 + i % 97);
  return bytes;
}

/// Header and framed body; only one framing can be told.
FaultedAnswer framed(const wire::HttpResponse& response, const fault::HttpPlan& plan, bool header_only) {
  const auto message = wire::format_response(response);
  auto header = message.substr(0, message.find("\r\n\r\n") + 4);
  auto body = response.body;
  bool close = false;
  if (plan.wrong_length != 0) {
    const auto size = static_cast<std::int64_t>(body.size());
    const auto length = std::max<std::int64_t>(0, size + plan.wrong_length);
    header = with_framing(header, fmt::format("{}{}", kLength, length));
    close = length != size;
  } else if (plan.chunked) {
    header = with_framing(header, "Transfer-Encoding: chunked");
    body = in_chunks(body);
  }
  return {header_only ? header : header + body, response.status, close};
}

/// What the service answered, where it was not asked: unlike anything that it could have been.
wire::HttpResponse unknown_answer() {
  wire::HttpResponse response;
  response.status = 0;
  return response;
}

}  // namespace

FaultedAnswer format_faulted(const wire::HttpResponse& response, const fault::HttpPlan& plan, std::string_view method) {
  if (plan.garbage > 0) return {garbage(plan.garbage), response.status, true};
  auto sent = response;
  if (plan.empty_body) {
    sent.status = 200;
    sent.body.clear();
  }
  auto answer = framed(sent, plan, method == "HEAD");
  if (!plan.keep) return answer;
  const auto size = static_cast<double>(answer.bytes.size());
  const auto kept = static_cast<std::size_t>(std::lround(*plan.keep * size));
  answer.close = answer.close || kept < answer.bytes.size();
  answer.bytes.resize(kept);
  return answer;
}

fault::Injections observable(fault::Injections injections, const std::optional<wire::HttpResponse>& service,
                             std::string_view method) {
  const auto outcome = [&](const fault::Injections& those) {
    const auto plan = fault::plan_of<fault::HttpPlan>(those);
    const auto response = plan.instead ? *plan.instead : service ? *service : unknown_answer();
    return std::pair(format_faulted(response, plan, method).bytes, plan.delay);
  };
  return fault::effective(std::move(injections), outcome);
}

bool holds_whole(const FaultedAnswer& answer, const wire::HttpResponse& service, const fault::HttpPlan& plan,
                 std::string_view method) {
  fault::HttpPlan harmless;
  harmless.chunked = plan.chunked;
  return answer.bytes == format_faulted(service, harmless, method).bytes;
}

}  // namespace firstlight::fakes
