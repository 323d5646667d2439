// Commands that a camera receives and the answers it gives, as JSON texts. Pure; called by the camera's state machine.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace firstlight::sim {

struct Command {
  enum class Kind { ping, get_status, reboot, unknown, malformed };
  Kind kind = Kind::malformed;
  std::string name;                       // as received, shortened; empty when malformed
  std::optional<std::string> request_id;  // nothing when the request had none that can be used
  std::string problem;                    // why it is malformed or not done; for people
};

/// {"request_id": "…", "command": "…", "parameters": {…}}; unknown members are tolerated. Never fails: what is wrong is
/// said by the kind and `problem`.
[[nodiscard]] Command parse_command(std::string_view payload);

/// {"request_id", "command", "status": "ok", "result": …} or {…, "status": "error", "error": {"code", "message"}} with
/// code `malformed-request` or `unknown-command`. A missing request id is null. `status_json` is get_status's result.
[[nodiscard]] std::string format_answer(const Command& command, std::string_view status_json);
[[nodiscard]] std::string_view answer_status(const Command& command);  // "ok", "error"

}  // namespace firstlight::sim
