// Secrets of a device in what it sends where others can read it: topics, payloads, client ids. Called by the edge's
// relay and sessions; the events name the kind of secret, never the secret, and no event repeats it.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "journal/event.hpp"
#include "wire/mqtt.hpp"

namespace firstlight::fakes::edge {

/// `where`: "mqtt-payload", "mqtt-topic" or "client-id".
[[nodiscard]] std::optional<journal::SecretSeen> secret_in(std::string_view where, std::string_view text);

/// In the client id and the will.
[[nodiscard]] std::vector<journal::SecretSeen> secrets_of(const wire::mqtt::Connect& connect);

/// Takes the secrets out of all texts of an event.
void without_secrets(journal::Payload& event);

}  // namespace firstlight::fakes::edge
