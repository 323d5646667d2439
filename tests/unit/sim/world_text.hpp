// What goes into a camera under test and what comes out of it, as lines of a transcript. Included by world.hpp.
#pragma once

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>
#include <variant>

#include "journal/journal.hpp"
#include "sim/action.hpp"
#include "sim/input.hpp"

namespace firstlight::sim {

// -- text forms: everything that matters, nothing that is secret or drawn by OpenSSL -------------------------------

inline std::string quoted(const Error& e) {
  return e.detail.empty() ? std::string(e.name()) : fmt::format("{} ({})", e.name(), e.detail);
}
inline std::string yes_if(bool b, const char* text) {
  return b ? std::string(" ") + text : std::string();
}

struct InputText {
  std::string operator()(const PowerOn&) const { return "power on"; }
  std::string operator()(const PowerCut&) const { return "power cut"; }
  std::string operator()(const SimChanged& e) const { return "another SIM: " + e.imsi.value(); }
  std::string operator()(const ClockMoved& e) const {
    return fmt::format("clock moved by {} us{}", e.by.count(),
                       yes_if(e.until == ClockMoved::Until::power_off, "for good"));
  }
  std::string operator()(const Detached&) const { return "detached"; }
  std::string operator()(const ClockSynced& e) const { return fmt::format("clock set #{}", e.id); }
  std::string operator()(const Stop&) const { return "stop"; }
  std::string operator()(const TimerFired& e) const { return fmt::format("timer #{}", e.id); }
  std::string operator()(const AttachDone& e) const {
    return fmt::format("attach #{}: {}", e.id, e.outcome ? "ok" : quoted(e.outcome.error()));
  }
  std::string operator()(const HttpsDone& e) const {
    if (!e.reply) return fmt::format("https #{}: {}", e.id, quoted(e.reply.error()));
    return fmt::format("https #{}: {}", e.id, e.reply->status) +
           (e.reply->retry_after ? " Retry-After: " + *e.reply->retry_after : std::string());
  }
  std::string operator()(const StoreLoaded& e) const {
    return fmt::format("load #{}: {}", e.id, e.content ? "content" : quoted(e.content.error()));
  }
  std::string operator()(const StoreSaved& e) const {
    return fmt::format("save #{}: {}", e.id, e.outcome ? "ok" : quoted(e.outcome.error()));
  }
  std::string operator()(const MqttOpened& e) const {
    return fmt::format("mqtt #{}: {}", e.id,
                       e.connack ? fmt::format("CONNACK {}", *e.connack) : quoted(e.connack.error()));
  }
  std::string operator()(const MqttSubscribed& e) const {
    return fmt::format("subscribe #{}: {}", e.id,
                       e.suback ? fmt::format("SUBACK {}", *e.suback) : quoted(e.suback.error()));
  }
  std::string operator()(const MqttPublished& e) const {
    return fmt::format("publish #{}: {}", e.id,
                       e.puback ? fmt::format("PUBACK {}", *e.puback) : quoted(e.puback.error()));
  }
  std::string operator()(const MqttMessage& e) const {
    return fmt::format("message on #{}: {} {}", e.session, e.topic, e.payload);
  }
  std::string operator()(const MqttLost& e) const { return fmt::format("mqtt #{} lost: {}", e.session, quoted(e.why)); }
};

struct ActionText {
  std::string operator()(const Attach& a) const { return fmt::format("attach #{}", a.id); }
  std::string operator()(const HttpsGet& a) const {
    return fmt::format("https #{} {} {}{}", a.id, service_name(a.service), a.url,
                       yes_if(!a.bearer.empty(), "with token"));
  }
  std::string operator()(const StoreLoad& a) const {
    return fmt::format("load #{}", a.id) + yes_if(a.check == StoreCheck::none, "unchecked");
  }
  std::string operator()(const StoreSave& a) const {
    return fmt::format("save #{}", a.id) + yes_if(a.how == SaveHow::in_place, "in place");
  }
  std::string operator()(const SyncClock& a) const { return fmt::format("set the clock #{}", a.id); }
  std::string operator()(const Log& a) const { return "log: " + a.text; }
  std::string operator()(const StoreDiscard&) const { return "discard the store"; }
  std::string operator()(const MqttConnect& a) const {
    return fmt::format("mqtt #{} {}:{} v{} client {} keep-alive {}{}{}{} will {} {}", a.id, a.endpoint, a.port,
                       static_cast<int>(a.packet.version), a.packet.client_id, a.packet.keep_alive_seconds,
                       yes_if(a.packet.clean_session, "clean"), yes_if(!a.private_key_pem.empty(), "with key"),
                       yes_if(!a.ca_pem.empty(), "with CA"), a.packet.will->topic, a.packet.will->payload);
  }
  std::string operator()(const MqttSubscribe& a) const {
    return fmt::format("subscribe #{} {} qos {}", a.id, a.topic, a.qos);
  }
  std::string operator()(const MqttPublish& a) const {
    return fmt::format("publish #{} {} qos {} {}", a.id, a.topic, a.qos, a.payload);
  }
  std::string operator()(const MqttDisconnect&) const { return "mqtt goodbye"; }
  std::string operator()(const DropConnections&) const { return "drop connections"; }
  std::string operator()(const StartTimer& a) const { return fmt::format("timer #{} in {} us", a.id, a.delay.count()); }
  std::string operator()(const CancelTimer&) const { return "cancel timer"; }
  std::string operator()(const Emit& a) const {
    journal::Event event;
    event.payload = a.payload;
    auto json = nlohmann::ordered_json::parse(journal::format_event(event));
    std::string text = "* " + json["ev"].get<std::string>();
    for (const auto& [name, value] : json.items())
      if (name != "t" && name != "lane" && name != "seq" && name != "src" && name != "ev" && name != "bytes")
        text += fmt::format(" {}={}", name, value.is_string() ? value.get<std::string>() : value.dump());
    return text;
  }
};

}  // namespace firstlight::sim
