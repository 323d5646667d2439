#include "fakes/edge/logic.hpp"

#include <fmt/format.h>
#include <openssl/x509_vfy.h>

#include <algorithm>

#include "fakes/iot/records.hpp"

namespace firstlight::fakes::edge {

namespace mqtt = wire::mqtt;
using iot::PolicyAction;
using mqtt::Version;

namespace {

constexpr std::uint8_t kIdentifierRejected = 2, kNotAuthorized = 5;  // CONNACK return codes of MQTT 3.1.1

/// AWS does not count the slashes of its own topics, whose prefixes are longer than the limit allows for.
bool too_many_slashes(std::string_view topic, const Limits& limits) {
  if (topic.starts_with("$aws/")) return false;
  return static_cast<std::size_t>(std::count(topic.begin(), topic.end(), '/')) > limits.slashes;
}

std::uint8_t by_version(Version version, std::uint8_t v3, std::uint8_t v5) {
  return version == Version::v5 ? v5 : v3;
}

}  // namespace

std::string_view refusal_name(Refusal mode) {
  switch (mode) {
    case Refusal::tls_alert:
      return "tls-alert";
    case Refusal::close_after_handshake:
      return "close-after-handshake";
    case Refusal::connack:
      break;
  }
  return "connack";
}

std::optional<Errc> judge_certificate(const iot::CertificateView* view, bool issued_by_authority,
                                      const wire::Validity& validity, WallTime now) {
  if (view == nullptr) return issued_by_authority ? Errc::certificate_unknown : Errc::certificate_untrusted;
  if (view->status == iot::CertificateStatus::revoked) return Errc::certificate_revoked;
  if (view->status != iot::CertificateStatus::active) return Errc::certificate_inactive;
  if (now < validity.not_before) return Errc::certificate_not_yet_valid;
  // notAfter is the last valid second, the whole of it.
  if (now >= expiry(validity)) return Errc::certificate_expired;
  return {};
}

int verify_error(Errc refusal) {
  switch (refusal) {
    case Errc::certificate_expired:
      return X509_V_ERR_CERT_HAS_EXPIRED;
    case Errc::certificate_untrusted:
      return X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
    case Errc::certificate_revoked:
      return X509_V_ERR_CERT_REVOKED;
    case Errc::certificate_not_yet_valid:
      return X509_V_ERR_CERT_NOT_YET_VALID;
    default:
      // OpenSSL sends certificate_unknown for every error that its table of alerts does not list; this is one.
      return X509_V_ERR_EXCLUDED_VIOLATION;
  }
}

bool Access::may(PolicyAction action, std::string_view name) const {
  if (!policy) return false;
  // AWS finds a thing by a client id that equals its name, when the certificate is attached to it.
  const std::string_view thing = client_id == thing_name ? std::string_view(thing_name) : std::string_view();
  const iot::PolicyContext context{client_id, thing};
  return policy->evaluate(action, name, context) == iot::Policy::Verdict::allow;
}

std::uint16_t clamp_keep_alive(std::uint16_t requested, const Limits& limits) {
  if (requested == 0 || requested > limits.keep_alive_max) return limits.keep_alive_max;
  return std::max(requested, limits.keep_alive_min);
}

std::optional<std::uint8_t> not_authorized_connack(Version version, Refusal mode) {
  // Documented as a return code, seen in the field as a close: MQTT 3.1.1 gets its CONNACK in that mode only.
  if (version == Version::v5) return reason::kNotAuthorized;
  if (mode == Refusal::connack) return kNotAuthorized;
  return {};
}

std::optional<ConnectRefusal> refuse_empty_client_id(const mqtt::Connect& connect) {
  if (!connect.client_id.empty() || connect.version == Version::v5 || connect.clean_session) return {};
  return ConnectRefusal{Errc::mqtt_protocol, "an empty client id needs a clean session", kIdentifierRejected};
}

namespace {

std::optional<ConnectRefusal> check_will(const mqtt::Connect& connect, const Access& access, const Limits& limits,
                                         Refusal mode) {
  const auto& will = *connect.will;
  const auto close_or = [&](std::uint8_t v5) {
    return connect.version == Version::v5 ? std::optional<std::uint8_t>(v5) : std::nullopt;
  };
  if (will.qos > 1) return ConnectRefusal{Errc::mqtt_protocol, "a will with QoS 2", close_or(reason::kQosUnsupported)};
  if (will.payload.size() > limits.payload_bytes)
    return ConnectRefusal{Errc::mqtt_too_large, "the will's payload", close_or(reason::kQuota)};
  if (will.topic.size() > limits.topic_bytes || too_many_slashes(will.topic, limits))
    return ConnectRefusal{Errc::mqtt_protocol, "the will's topic is too long or too deep",
                          close_or(reason::kTopicInvalid)};
  const bool allowed = access.may(PolicyAction::publish, will.topic) &&
                       (!will.retain || access.may(PolicyAction::retain_publish, will.topic));
  if (allowed) return {};
  return ConnectRefusal{Errc::mqtt_not_authorized, "will topic " + will.topic,
                        not_authorized_connack(connect.version, mode)};
}

}  // namespace

std::optional<ConnectRefusal> check_connect(const mqtt::Connect& connect, const Access& access, const Limits& limits,
                                            Refusal mode) {
  const auto& id = connect.client_id;
  // "$GEN/" names are those that the edge itself assigns.
  if (id.size() > limits.client_id_bytes || (id.starts_with('$') && !id.starts_with("$GEN/")))
    return ConnectRefusal{Errc::mqtt_protocol, "the client id is too long or starts with $",
                          by_version(connect.version, kIdentifierRejected, reason::kClientIdInvalid)};
  if (!access.may(PolicyAction::connect, id))
    return ConnectRefusal{Errc::mqtt_not_authorized, "client id " + id, not_authorized_connack(connect.version, mode)};
  if (connect.will) return check_will(connect, access, limits, mode);
  return {};
}

namespace {

void erase_integer(mqtt::Properties& properties, std::uint8_t id) {
  std::erase_if(properties.integers, [id](const auto& p) { return p.first == id; });
}

std::uint32_t session_expiry(const mqtt::Connect& connect) {
  return connect.properties.integer(mqtt::property::kSessionExpiry).value_or(0);
}

}  // namespace

mqtt::Connect upstream_connect(mqtt::Connect from_device, const Limits& limits) {
  from_device.username.reset();
  from_device.password.reset();
  from_device.keep_alive_seconds = 0;
  if (from_device.version == Version::v5) {
    erase_integer(from_device.properties, mqtt::property::kTopicAliasMaximum);
    if (session_expiry(from_device) > limits.session_expiry)
      from_device.properties.set_integer(mqtt::property::kSessionExpiry, limits.session_expiry);
  }
  return from_device;
}

mqtt::Connack device_connack(mqtt::Connack from_broker, const mqtt::Connect& from_device, bool assigned,
                             const Limits& limits) {
  if (from_device.version != Version::v5 || from_broker.code != 0) return from_broker;
  namespace property = mqtt::property;
  auto& p = from_broker.properties;
  const auto keep_alive = clamp_keep_alive(from_device.keep_alive_seconds, limits);
  erase_integer(p, property::kServerKeepAlive);
  if (keep_alive != from_device.keep_alive_seconds) p.set_integer(property::kServerKeepAlive, keep_alive);
  p.set_integer(property::kMaximumQos, 1);
  p.set_integer(property::kTopicAliasMaximum, limits.topic_aliases);
  p.set_integer(property::kReceiveMaximum, limits.receive_maximum);
  p.set_integer(property::kMaximumPacketSize, static_cast<std::uint32_t>(limits.packet_bytes));
  if (session_expiry(from_device) > limits.session_expiry)
    p.set_integer(property::kSessionExpiry, limits.session_expiry);
  std::erase_if(p.strings, [](const auto& s) { return s.first == property::kAssignedClientId; });
  if (assigned) p.strings.emplace_back(property::kAssignedClientId, from_device.client_id);
  return from_broker;
}

std::optional<Violation> check_publish(const mqtt::Publish& publish, const Access& access, Version version,
                                       const Limits& limits) {
  // A PUBACK with a reason code exists in MQTT 5 for QoS 1 only.
  const bool acknowledge = version == Version::v5 && publish.qos == 1;
  if (publish.qos > 1)
    return Violation{Errc::mqtt_protocol, "QoS 2", reason::kQosUnsupported, aws::kClientError, false};
  if (publish.payload.size() > limits.payload_bytes)
    return Violation{Errc::mqtt_too_large, fmt::format("a payload of {} bytes", publish.payload.size()), reason::kQuota,
                     aws::kClientError, acknowledge};
  if (publish.topic.size() > limits.topic_bytes || too_many_slashes(publish.topic, limits))
    return Violation{Errc::mqtt_protocol, "the topic is too long or too deep", reason::kTopicInvalid, aws::kClientError,
                     acknowledge};
  const bool allowed = access.may(PolicyAction::publish, publish.topic) &&
                       (!publish.retain || access.may(PolicyAction::retain_publish, publish.topic));
  if (allowed) return {};
  return Violation{Errc::mqtt_not_authorized, publish.topic, reason::kNotAuthorized, aws::kAuthError, acknowledge};
}

std::string_view inner_filter(std::string_view filter) {
  constexpr std::string_view kShare = "$share/";
  if (!filter.starts_with(kShare)) return filter;
  const auto slash = filter.find('/', kShare.size());
  return slash == std::string_view::npos ? filter : filter.substr(slash + 1);
}

SubscribeCheck check_subscribe(const mqtt::Subscribe& subscribe, const Access& access, Version version,
                               const Limits& limits, std::size_t others) {
  SubscribeCheck out;
  const auto& wanted = subscribe.subscriptions;
  const bool v5 = version == Version::v5;
  if (wanted.size() > limits.filters) {
    out.fatal = Violation{Errc::mqtt_protocol, fmt::format("{} filters in one SUBSCRIBE", wanted.size()),
                          reason::kQuota, aws::kClientError, false};
    return out;
  }
  for (const auto& s : wanted) {
    const auto inner = inner_filter(s.filter);
    std::optional<Violation> violation;
    if (s.filter.size() > limits.topic_bytes || too_many_slashes(inner, limits))
      violation = Violation{Errc::mqtt_protocol, "the filter is too long or too deep", reason::kFilterInvalid,
                            aws::kClientError, v5};
    else if (!access.may(PolicyAction::subscribe, inner))
      violation = Violation{Errc::mqtt_not_authorized, s.filter, reason::kNotAuthorized, aws::kAuthError, v5};
    else if (others++ >= limits.subscriptions)
      violation = Violation{Errc::mqtt_protocol, "too many subscriptions", reason::kQuota, aws::kClientError, v5};
    out.codes.push_back(violation ? violation->code : std::uint8_t{0});
    if (violation && !v5) {
      out.fatal = std::move(violation);
      return out;
    }
    if ((s.options & 3) == 2 && !v5 && limits.qos2_subscribe == Qos2Subscribe::no_suback) out.swallow = true;
  }
  return out;
}

std::optional<Violation> TopicAliases::resolve(mqtt::Publish& publish, const Limits& limits) {
  const auto alias = publish.properties.integer(mqtt::property::kTopicAlias);
  if (!alias) {
    if (!publish.topic.empty()) return {};
    return Violation{Errc::mqtt_protocol, "neither topic nor alias", reason::kProtocolError, aws::kClientError, false};
  }
  if (*alias == 0 || *alias > limits.topic_aliases)
    return Violation{Errc::mqtt_protocol, fmt::format("topic alias {}", *alias), reason::kAliasInvalid,
                     aws::kClientError, false};
  if (topics_.size() < *alias) topics_.resize(*alias);
  auto& known = topics_[*alias - 1];
  if (!publish.topic.empty()) known = publish.topic;
  if (known.empty())
    return Violation{Errc::mqtt_protocol, fmt::format("topic alias {} was never set", *alias), reason::kProtocolError,
                     aws::kClientError, false};
  publish.topic = known;
  erase_integer(publish.properties, mqtt::property::kTopicAlias);
  return {};
}

}  // namespace firstlight::fakes::edge
