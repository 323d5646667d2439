// A journal in the making and the scenario that it is judged by: events in order, times in milliseconds, expectations
// as a scenario writes them. Used by the tests of the judge and its expectations.
#pragma once

#include <gmock/gmock.h>

#include <stdexcept>

#include "judge/verdict.hpp"
#include "judge/vocabulary.hpp"
#include "language/loader.hpp"

namespace firstlight::judge {

using namespace language;

struct Story {
  std::vector<journal::Event> events;
  Story& add(std::int64_t ms, std::uint32_t camera, journal::Payload p,
             journal::Source source = journal::Source::camera) {
    const auto n = static_cast<std::uint32_t>(events.size());
    events.push_back(journal::Event{ms * 1'000'000, 0, n, source, camera, "", std::move(p)});
    return *this;
  }
  Story& on(std::int64_t ms, std::uint32_t camera, std::uint32_t boot = 1) {
    return add(ms, camera, journal::PowerOn{ms * 1'000'000, boot});
  }
  Story& starts(std::int64_t ms, std::uint32_t camera, journal::Stage stage, std::uint32_t attempt = 1) {
    return add(ms, camera, journal::StageStarted{stage, attempt});
  }
  Story& succeeds(std::int64_t ms, std::uint32_t camera, journal::Stage stage, std::uint32_t attempt = 1) {
    return add(ms, camera, journal::StageEnded{stage, attempt, true, "", "", 0, 0, 0, 0});
  }
  Story& fails(std::int64_t ms, std::uint32_t camera, journal::Stage stage, const std::string& error,
               const std::string& detail = "", std::uint32_t attempt = 1) {
    return add(ms, camera, journal::StageEnded{stage, attempt, false, error, detail, 0, 0, 0, 0});
  }
  Story& online(std::int64_t ms, std::uint32_t camera, bool warm = false) {
    return add(ms, camera, journal::CameraOnline{warm, "7C"});
  }
  Story& offline(std::int64_t ms, std::uint32_t camera, const std::string& reason = "connection-closed") {
    return add(ms, camera, journal::CameraOffline{reason, ""});
  }
  Story& served(std::int64_t ms, std::uint32_t camera, const std::string& service, std::uint32_t status,
                std::int64_t took_ms = 0) {
    const auto source = service == "endorse"      ? journal::Source::endorse
                        : service == "config_api" ? journal::Source::config_api
                                                  : journal::Source::keys;
    return add(ms, camera, journal::HttpServed{service, "GET", "/", status, took_ms * 1000}, source);
  }
  Story& refused(std::int64_t ms, std::uint32_t camera, const std::string& error) {
    return add(ms, camera, journal::MqttRefused{error, "", "tls-alert", "", ""}, journal::Source::edge);
  }
  Story& connected(std::int64_t ms, std::uint32_t camera) {
    return add(ms, camera, journal::MqttConnected{"c", "", 4}, journal::Source::edge);
  }
  Story& published(std::int64_t ms, std::uint32_t camera) {
    return add(ms, camera, journal::MqttPublished{"c", "t", 1, 10}, journal::Source::edge);
  }
  Story& fires(std::int64_t ms, std::uint32_t camera, const std::string& rule = "r") {
    return add(ms, camera, journal::FaultFired{rule, "link.mqtt", "reset", 1, ""}, journal::Source::run);
  }
  /// Switched on at `on` and online at `online`, with one try of the stage that takes all of this time.
  Story& good(std::uint32_t camera, std::int64_t on_ms, std::int64_t online_ms) {
    on(on_ms, camera).starts(on_ms, camera, journal::Stage::mqtt_connect);
    const auto took_us = (online_ms - on_ms) * 1000;
    add(online_ms, camera, journal::StageEnded{journal::Stage::mqtt_connect, 1, true, "", "", took_us, 0, 0, 0});
    return online(online_ms, camera);
  }
  Story& end(std::int64_t ms, const std::string& reason = "run_for", const std::string& detail = "") {
    return add(ms, 0, journal::RunEnded{reason, detail}, journal::Source::run);
  }
};

/// A scenario with so many cameras and these expectations. It is read with a fault, so that expectations about faults
/// contradict nothing, and has none afterwards, so that no rule is missed.
inline Scenario scenario(std::uint32_t cameras, const std::vector<std::string>& expectations) {
  auto text = fmt::format(
      "name: x\nsummary: s\ntimeout: 60s\ncameras: {{count: {}}}\n"
      "faults:\n  - {{id: any, at: camera, inject: power-cut, between: [1s, 2s]}}\nexpect:\n",
      cameras);
  for (const auto& expectation : expectations) text += "  - " + expectation + "\n";
  auto loaded = load_scenario(text, "x.yaml", vocabulary());
  if (!loaded) throw std::runtime_error(render(loaded.diagnostics));
  loaded.scenario->faults.clear();
  return std::move(*loaded.scenario);
}

/// The one check of a scenario with so many cameras.
inline CheckResult judged(std::uint32_t cameras, const std::string& expectation, const Story& story) {
  return judge(scenario(cameras, {expectation}), 1, story.events, "").checks.front();
}

}  // namespace firstlight::judge
