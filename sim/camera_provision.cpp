// The camera from its store, or from a token, to a configuration that it may use.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/camera.hpp"

namespace firstlight::sim {

void Camera::load_or_provision() {
  if (!config_->keep_store) return start_endorse();
  phase_ = Phase::loading;
  act(StoreLoad{await()});
}

void Camera::on(const StoreLoaded& e) {
  if (!done_is_awaited(e.id)) return;
  if (!e.content) {
    if (e.content.error().code != Errc::store_empty) discard(e.content.error());
    return start_endorse();
  }
  auto config = parse_device_config(*e.content);
  if (!config) {
    discard({Errc::store_corrupt, config.error().detail});
    return start_endorse();
  }
  if (auto usable = check_usable(*config); !usable) {
    discard(usable.error());
    return start_endorse();
  }
  device_ = std::make_unique<DeviceConfig>(std::move(*config));
  fresh_ = Fresh::stored;
  stored_ = true;
  connect();
}

void Camera::discard(const Error& why) {
  emit(journal::StoreDiscarded{std::string(why.name()), why.detail});
  act(StoreDiscard{});
  device_.reset();
  stored_ = false;
  refusals_ = 0;
}

std::optional<Failure> Camera::http_failure(const HttpsDone& e) const {
  if (!e.reply) return Failure{.stage = stage_, .error = e.reply.error()};
  if (e.reply->status == 200) return std::nullopt;
  return Failure{.stage = stage_,
                 .error = {Errc::http_status, fmt::format("HTTP {}", e.reply->status)},
                 .http_status = e.reply->status};
}

void Camera::on(const HttpsDone& e) {
  if (!done_is_awaited(e.id)) return;
  if (auto failure = http_failure(e)) {
    std::optional<Micros> at_least;
    if (e.reply && e.reply->retry_after) at_least = parse_retry_after(*e.reply->retry_after, clock());
    if (stage_ == Stage::verify && classify(*failure, config_->mqtt_version) == Row::token)
      failure->error = {Errc::token_key_unknown, failure->error.detail};
    return fail(std::move(*failure), e.timing, at_least);
  }
  if (stage_ == Stage::endorse) return endorsed(e);
  if (stage_ == Stage::verify) return key_fetched(e);
  configured(e);
}

// -- endorse ------------------------------------------------------------------------------------------------------

void Camera::start_endorse() {
  provisioning_.reset();
  fresh_ = Fresh::provisioned;
  begin(Stage::endorse);
  act(HttpsGet{await(), Service::endorse, config_->endorse_url, Secret(), "", clock()});
}

void Camera::endorsed(const HttpsDone& e) {
  const auto doc = nlohmann::json::parse(e.reply->body, nullptr, false);
  if (!doc.is_object() || !doc.contains("token") || !doc["token"].is_string())
    return fail({.error = {Errc::token_malformed, "the answer holds no token"}}, e.timing);
  provisioning_ = std::make_unique<Provisioning>();
  provisioning_->token = Secret(doc["token"].get<std::string>());
  succeed(e.timing);
  start_verify();
}

// -- verify -------------------------------------------------------------------------------------------------------

void Camera::start_verify() {
  begin(Stage::verify);
  auto parsed = wire::parse_token(provisioning_->token.reveal());
  if (!parsed) return fail({.error = parsed.error()});
  // Checked before it becomes part of a URL; what it really was stays out of the journal.
  if (!wire::is_key_id(parsed->key_id)) return fail({.error = Errc::token_key_id_invalid});
  provisioning_->parsed = std::move(*parsed);
  const auto& kid = provisioning_->parsed.key_id;
  act(HttpsGet{await(), Service::keys, config_->keys_url + "/" + kid, Secret(), kid, clock()});
}

void Camera::key_fetched(const HttpsDone& e) {
  if (auto good = check_token(e.reply->body); !good) return fail({.error = good.error()}, e.timing);
  succeed(e.timing);
  start_config();
}

result<void> Camera::check_token(std::string_view key_pem) const {
  const auto& token = provisioning_->parsed;
  if (auto signature = verifier_.verify_token(token, key_pem); !signature) return signature;
  wire::ClaimRules rules;
  rules.leeway = config_->token_leeway;
  if (auto claims = wire::check_claims(token.claims, rules, clock()); !claims) return claims;
  if (!token.claims.endorse.imsi) return Error(Errc::token_claim_missing, "imsi");
  if (*token.claims.endorse.imsi != who_.imsi) return Error(Errc::token_foreign_sim);
  return {};
}

// -- config -------------------------------------------------------------------------------------------------------

void Camera::start_config() {
  begin(Stage::config);
  act(HttpsGet{await(), Service::config_api, config_->config_url, provisioning_->token, "", clock()});
}

void Camera::configured(const HttpsDone& e) {
  unauthorized_ = 0;
  auto config = parse_device_config(e.reply->body);
  if (!config) return fail({.error = config.error()}, e.timing);
  if (auto usable = check_usable(*config); !usable) {
    const auto& why = usable.error();
    const auto detail = why.detail.empty() ? std::string(why.name()) : fmt::format("{}: {}", why.name(), why.detail);
    return fail({.error = {Errc::config_unusable, detail}}, e.timing);
  }
  device_ = std::make_unique<DeviceConfig>(std::move(*config));
  provisioning_.reset();
  succeed(e.timing);
  save();
}

result<void> Camera::check_usable(const DeviceConfig& config) {
  auto validity = verifier_.check_identity(config);
  if (!validity) return validity.error();
  validity_ = *validity;
  return check_validity();
}

result<void> Camera::check_validity() const {
  if (clock() < validity_.not_before)
    return Error(Errc::certificate_not_yet_valid, "from " + format_rfc3339(validity_.not_before));
  // notAfter is inclusive to its whole second.
  if (clock() >= validity_.not_after + std::chrono::seconds(1))
    return Error(Errc::certificate_expired, "since " + format_rfc3339(validity_.not_after));
  return {};
}

// -- store --------------------------------------------------------------------------------------------------------

void Camera::save() {
  if (!config_->keep_store) return connect();
  begin(Stage::store);
  act(StoreSave{await(), Secret(format_device_config(*device_))});
}

void Camera::on(const StoreSaved& e) {
  if (!done_is_awaited(e.id)) return;
  if (!e.outcome) return fail({.error = e.outcome.error()});
  stored_ = true;
  emit(journal::ConfigStored{device_->device_id, device_->certificate_id,
                             static_cast<std::int64_t>(format_device_config(*device_).size())});
  succeed();
  connect();
}

}  // namespace firstlight::sim
