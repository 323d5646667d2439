#include "fakes/edge/secrets.hpp"

#include "wire/secrets.hpp"

namespace firstlight::fakes::edge {

std::optional<journal::SecretSeen> secret_in(std::string_view where, std::string_view text) {
  const auto kind = wire::find_secret(text);
  if (!kind) return {};
  return journal::SecretSeen{std::string(where), std::string(*kind)};
}

std::vector<journal::SecretSeen> secrets_of(const wire::mqtt::Connect& connect) {
  std::vector<journal::SecretSeen> found;
  const auto inspect = [&](std::string_view where, std::string_view text) {
    if (auto seen = secret_in(where, text)) found.push_back(std::move(*seen));
  };
  inspect("client-id", connect.client_id);
  if (connect.will) {
    inspect("mqtt-topic", connect.will->topic);
    inspect("mqtt-payload", connect.will->payload);
  }
  return found;
}

namespace {

template <class Member>
void clean(Member& member) {
  if constexpr (std::is_same_v<Member, std::string>) {
    if (wire::find_secret(member)) member = wire::without_secret(member);
  } else if constexpr (std::is_same_v<Member, std::vector<std::string>>) {
    for (auto& text : member) clean(text);
  }
}

}  // namespace

void without_secrets(journal::Payload& event) {
  std::visit(
      [](auto& payload) {
        std::decay_t<decltype(payload)>::fields(payload, [](std::string_view, auto& member) { clean(member); });
      },
      event);
}

}  // namespace firstlight::fakes::edge
