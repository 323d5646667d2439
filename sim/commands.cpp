#include "sim/commands.hpp"

#include <nlohmann/json.hpp>

#include "base/utf8.hpp"

namespace firstlight::sim {

namespace {

constexpr std::size_t kMaxName = 64;
constexpr std::size_t kMaxRequestId = 128;

}  // namespace

Command parse_command(std::string_view payload) {
  Command c;
  const auto doc = nlohmann::json::parse(payload, nullptr, false);
  if (!doc.is_object() || !is_utf8(payload)) {
    c.problem = "the request is not a JSON object";
    return c;
  }
  if (const auto id = doc.find("request_id"); id != doc.end() && id->is_string()) {
    const auto& text = id->get_ref<const std::string&>();
    if (!text.empty() && text.size() <= kMaxRequestId) c.request_id = text;
  }
  const auto name = doc.find("command");
  if (!c.request_id) {
    c.problem = "request_id must be a string of 1 to 128 bytes";
  } else if (name == doc.end() || !name->is_string() || name->get_ref<const std::string&>().size() > kMaxName) {
    c.problem = "command must be a string of at most 64 bytes";
  } else if (const auto p = doc.find("parameters"); p != doc.end() && !p->is_object()) {
    c.problem = "parameters must be an object";
  } else {
    c.name = name->get<std::string>();
    c.kind = c.name == "ping"         ? Command::Kind::ping
             : c.name == "get_status" ? Command::Kind::get_status
             : c.name == "reboot"     ? Command::Kind::reboot
                                      : Command::Kind::unknown;
    if (c.kind == Command::Kind::unknown) c.problem = "there is no such command";
  }
  return c;
}

std::string_view answer_status(const Command& c) {
  return c.kind == Command::Kind::unknown || c.kind == Command::Kind::malformed ? "error" : "ok";
}

std::string format_answer(const Command& c, std::string_view status_json) {
  using Json = nlohmann::ordered_json;
  Json answer;
  answer["request_id"] = c.request_id ? Json(*c.request_id) : Json(nullptr);
  answer["command"] = c.name;
  answer["status"] = answer_status(c);
  switch (c.kind) {
    case Command::Kind::ping:
      answer["result"] = {{"pong", true}};
      break;
    case Command::Kind::get_status:
      answer["result"] = Json::parse(status_json);
      break;
    case Command::Kind::reboot:
      answer["result"] = {{"rebooting", true}};
      break;
    case Command::Kind::unknown:
      answer["error"] = {{"code", "unknown-command"}, {"message", c.problem}};
      break;
    case Command::Kind::malformed:
      answer["error"] = {{"code", "malformed-request"}, {"message", c.problem}};
      break;
  }
  return answer.dump();
}

}  // namespace firstlight::sim
