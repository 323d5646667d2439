#include <fmt/format.h>

#include <algorithm>

#include "judge/expectation.hpp"

namespace firstlight::judge {

namespace {

/// Nothing secret of a camera was seen where it must not be.
struct NoSecretLeaked final : CheckedExpectation {
  static Decoder<NoSecretLeaked> decoder();
  [[nodiscard]] std::string text() const override;
  [[nodiscard]] Finding check(const CheckContext& context) const override;
};

Decoder<NoSecretLeaked> NoSecretLeaked::decoder() {
  Decoder<NoSecretLeaked> decoder;
  decoder.schema = {{"const", true}};
  decoder.read = [](DecodeContext& context, const Node& node, NoSecretLeaked&) {
    if (node.kind == Node::Kind::scalar && node.text == "true") return true;
    return wrong_type(context, node, "true", "leave the expectation out where a secret may leak");
  };
  return decoder;
}

std::string NoSecretLeaked::text() const {
  return "true";
}

Finding NoSecretLeaked::check(const CheckContext& context) const {
  Finding out;
  std::size_t publishes = 0, requests = 0, secrets = 0;
  const journal::SecretSeen* first = nullptr;
  for (const auto& event : context.events) {
    if (std::holds_alternative<journal::MqttPublished>(event.payload)) ++publishes;
    if (std::holds_alternative<journal::HttpServed>(event.payload)) ++requests;
    const auto* seen = std::get_if<journal::SecretSeen>(&event.payload);
    if (seen == nullptr) continue;
    ++secrets;
    if (first == nullptr) first = seen;
    if (event.camera != 0) out.cameras.push_back(event.camera);
    cite(out, event);
  }
  if (secrets == 0 && publishes + requests == 0)
    return nothing_to_look_at("no camera published or asked for anything: there is nothing to look at");
  if (secrets == 0) {
    out.observed = fmt::format("no secret in {} publishes and {} requests", publishes, requests);
    return out;
  }
  std::sort(out.cameras.begin(), out.cameras.end());
  out.cameras.erase(std::unique(out.cameras.begin(), out.cameras.end()), out.cameras.end());
  out.verdict = Verdict::fail;
  out.is_final = true;
  out.observed = fmt::format("a secret was seen {} times, the first a {} in {}{}", secrets, first->what, first->where,
                             out.cameras.empty() ? "" : ", of " + name_cameras(out.cameras));
  return out;
}

}  // namespace

extern const ExpectationKind expect_no_secret_leaked;
const ExpectationKind expect_no_secret_leaked =
    kind_of<NoSecretLeaked>("no_secret_leaked", "No private key and no token where it must not be.");

}  // namespace firstlight::judge
