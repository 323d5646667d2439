// The camera from its store, or from a token, to a configuration that it may use.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/camera.hpp"

namespace firstlight::sim {

void Camera::load_or_provision() {
  if (!boots_from_store(*config_)) return start_endorse();
  phase_ = Phase::loading;
  act(StoreLoad{await(), store_check(defects())});
}

void Camera::on(const StoreLoaded& e) {
  if (!done_is_awaited(e.id)) return;
  if (!e.content && e.content.error().code == Errc::store_empty) return start_endorse();
  auto restored = e.content ? restore_config(defects(), verifier_, *e.content, who_.imsi, clock())
                            : result<RestoredConfig>(e.content.error());
  if (!restored) {
    const auto& why = restored.error();
    if (hangs_on_store(defects(), why)) {  // on what it finds, at every boot
      stage_ = Stage::store;
      return give_up(why);
    }
    discard(why);
    return start_endorse();
  }
  device_ = std::make_unique<DeviceConfig>(std::move(restored->config));
  validity_ = restored->validity;
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

// Nobody should: the token would go wherever an answer points.
bool Camera::follow(const HttpsDone& e) {
  constexpr std::uint8_t kMost = 5;
  if (!asked_ || !e.reply || e.reply->status / 100 != 3 || !e.reply->location) return false;
  if (++redirects_ > kMost) {
    redirects_ = 0;
    return false;
  }
  const auto asked = *asked_;
  get(asked.service, redirected(asked.url, *e.reply->location), asked.bearer, asked.key_id);
  return true;
}

void Camera::get(Service service, std::string url, Secret bearer, std::string key_id) {
  HttpsGet request{await(), service, std::move(url), std::move(bearer), std::move(key_id), clock()};
  if (follows_redirects(defects())) asked_ = std::make_unique<HttpsGet>(request);
  act(std::move(request));
}

void Camera::on(const HttpsDone& e) {
  if (!done_is_awaited(e.id) || follow(e)) return;
  if (auto failure = http_failure(e)) {
    const auto at_least = e.reply ? retry_after_of(defects(), *e.reply, clock()) : std::nullopt;
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
  get(Service::endorse, config_->endorse_url);
}

void Camera::endorsed(const HttpsDone& e) {
  const auto doc = nlohmann::json::parse(e.reply->body, nullptr, false);
  if (!doc.is_object() || !doc.contains("token") || !doc["token"].is_string())
    return fail({.error = {Errc::token_malformed, "the answer holds no token"}}, e.timing);
  provisioning_ = std::make_unique<Provisioning>();
  provisioning_->token = Secret(doc["token"].get<std::string>());
  log(log_of_token(defects(), provisioning_->token));
  leaked_token_ = token_in_status(defects(), provisioning_->token);
  succeed(e.timing);
  start_verify();
}

// -- verify -------------------------------------------------------------------------------------------------------

void Camera::start_verify() {
  begin(Stage::verify);
  auto parsed = read_token(defects(), provisioning_->token.reveal(), who_.imsi, clock());
  if (!parsed) return fail({.error = parsed.error()});
  // Checked before it becomes part of a URL; what it really was stays out of the journal.
  if (!key_id_is_safe(defects(), parsed->key_id)) return fail({.error = Errc::token_key_id_invalid});
  provisioning_->parsed = std::move(*parsed);
  const auto& kid = provisioning_->parsed.key_id;
  get(Service::keys, config_->keys_url + "/" + kid, {}, kid);
}

void Camera::key_fetched(const HttpsDone& e) {
  if (auto good = check_token(e.reply->body); !good) return fail({.error = good.error()}, e.timing);
  succeed(e.timing);
  start_config();
}

result<void> Camera::check_token(std::string_view key_pem) const {
  const auto& token = provisioning_->parsed;
  if (auto signature = verify_token(defects(), verifier_, token, key_pem); !signature) return signature;
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
  const auto& token = provisioning_->token;
  get(Service::config_api, url_with_token(defects(), config_->config_url, token.reveal()), token);
}

void Camera::configured(const HttpsDone& e) {
  unauthorized_ = 0;
  auto config = read_config(defects(), e.reply->body);
  if (!config) return fail({.error = config.error()}, e.timing);
  const auto validity = check_usable(defects(), verifier_, *config, clock());
  if (!validity) {
    const auto& why = validity.error();
    const auto detail = why.detail.empty() ? std::string(why.name()) : fmt::format("{}: {}", why.name(), why.detail);
    return fail({.error = {Errc::config_unusable, detail}}, e.timing);
  }
  device_ = std::make_unique<DeviceConfig>(std::move(*config));
  validity_ = *validity;
  provisioning_.reset();
  asked_.reset();
  log(log_of_config(defects(), *device_));
  succeed(e.timing);
  save();
}

// -- store --------------------------------------------------------------------------------------------------------

void Camera::save() {
  if (!config_->keep_store) return connect();
  begin(Stage::store);
  act(StoreSave{await(), Secret(format_stored_config(who_.imsi, *device_)), save_how(defects())});
}

void Camera::on(const StoreSaved& e) {
  if (!done_is_awaited(e.id)) return;
  if (!e.outcome) return fail({.error = e.outcome.error()});
  stored_ = true;
  emit(journal::ConfigStored{device_->device_id, device_->certificate_id,
                             static_cast<std::int64_t>(format_stored_config(who_.imsi, *device_).size())});
  succeed();
  connect();
}

}  // namespace firstlight::sim
