// The camera from its store, or from a token, to a configuration that it may use.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/camera.hpp"

namespace firstlight::sim {

namespace {
// Of a certificate that a camera with a defect never looked at.
const wire::Validity kAlwaysValid{from_unix_seconds(0), from_unix_seconds(253'402'300'799)};
}  // namespace

void Camera::load_or_provision() {
  if (!config_->keep_store || has(Defect::reprovision_every_boot)) return start_endorse();
  phase_ = Phase::loading;
  act(StoreLoad{await(), has(Defect::no_store_check)});
}

void Camera::on(const StoreLoaded& e) {
  if (!done_is_awaited(e.id)) return;
  auto config = restore(e);
  if (!config) {
    if (config.error().code == Errc::store_empty) return start_endorse();
    if (has(Defect::torn_store) &&
        config.error().code == Errc::store_corrupt) {  // it hangs on what it finds, at every boot
      stage_ = Stage::store;
      return give_up(config.error());
    }
    discard(config.error());
    return start_endorse();
  }
  device_ = std::make_unique<DeviceConfig>(std::move(*config));
  fresh_ = Fresh::stored;
  stored_ = true;
  connect();
}

result<DeviceConfig> Camera::restore(const StoreLoaded& e) {
  if (!e.content) return e.content.error();
  auto stored = parse_stored_config(*e.content);
  if (has(Defect::no_store_check)) {
    validity_ = kAlwaysValid;
    return stored ? std::move(stored->config) : parse_whatever_is_there(*e.content);
  }
  if (!stored) return Error(Errc::store_corrupt, stored.error().detail);
  if (stored->imsi != who_.imsi && !has(Defect::keep_config_of_old_sim)) return Error(Errc::store_foreign_sim);
  if (auto usable = check_usable(stored->config); !usable) return usable.error();
  return std::move(stored->config);
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
  if (!has(Defect::follow_redirects) || !e.reply || e.reply->status / 100 != 3 || !e.reply->location || !asked_)
    return false;
  if (++redirects_ > kMost) return redirects_ = 0, false;
  const auto asked = *asked_;
  get(asked.service, redirected(asked.url, *e.reply->location), asked.bearer, asked.key_id);
  return true;
}

void Camera::get(Service service, std::string url, Secret bearer, std::string key_id) {
  HttpsGet request{await(), service, std::move(url), std::move(bearer), std::move(key_id), clock()};
  if (has(Defect::follow_redirects)) asked_ = std::make_unique<HttpsGet>(request);
  act(std::move(request));
}

void Camera::on(const HttpsDone& e) {
  if (!done_is_awaited(e.id) || follow(e)) return;
  if (auto failure = http_failure(e)) {
    std::optional<Micros> at_least;
    if (e.reply && e.reply->retry_after && !has(Defect::ignore_retry_after))
      at_least = parse_retry_after(*e.reply->retry_after, clock());
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
  if (has(Defect::logs_token)) log("endorse answered " + provisioning_->token.reveal());
  if (has(Defect::publishes_token)) leaked_token_ = std::make_unique<Secret>(provisioning_->token);
  succeed(e.timing);
  start_verify();
}

// -- verify -------------------------------------------------------------------------------------------------------

void Camera::start_verify() {
  begin(Stage::verify);
  auto parsed = read_token(config_->defects, provisioning_->token.reveal(), who_.imsi, clock());
  if (!parsed) return fail({.error = parsed.error()});
  // Checked before it becomes part of a URL; what it really was stays out of the journal.
  if (!wire::is_key_id(parsed->key_id) && !has(Defect::unsafe_kid)) return fail({.error = Errc::token_key_id_invalid});
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
  if (auto signature = verify_token(config_->defects, verifier_, token, key_pem); !signature) return signature;
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
  get(Service::config_api, url_with_token(config_->defects, config_->config_url, token.reveal()), token);
}

void Camera::configured(const HttpsDone& e) {
  unauthorized_ = 0;
  auto config = read_config(config_->defects, e.reply->body);
  if (!config) return fail({.error = config.error()}, e.timing);
  if (auto usable = check_usable(*config); !usable) {
    const auto& why = usable.error();
    const auto detail = why.detail.empty() ? std::string(why.name()) : fmt::format("{}: {}", why.name(), why.detail);
    return fail({.error = {Errc::config_unusable, detail}}, e.timing);
  }
  device_ = std::make_unique<DeviceConfig>(std::move(*config));
  provisioning_.reset();
  asked_.reset();
  log("configured as " + device_->device_id);
  if (has(Defect::logs_private_key)) log("key: " + device_->private_key_pem.reveal());
  succeed(e.timing);
  save();
}

result<void> Camera::check_usable(const DeviceConfig& config) {
  const auto validity = verifier_.check_identity(config);
  if (!validity && !overlooks(config_->defects, validity.error())) return validity.error();
  validity_ = validity ? *validity : kAlwaysValid;
  return check_validity();
}

result<void> Camera::check_validity() const {
  if (has(Defect::ignore_certificate_expiry)) return {};
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
  act(StoreSave{await(), Secret(format_stored_config(who_.imsi, *device_)), has(Defect::torn_store)});
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
