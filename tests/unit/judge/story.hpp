// A journal in the making, for the tests of the checks: events in order, times in milliseconds. Used by
// tests/unit/analysis.
#pragma once

#include <gmock/gmock.h>

#include "judge/verdict.hpp"

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
  Story& end(std::int64_t ms, const std::string& reason = "run_for") {
    return add(ms, 0, journal::RunEnded{reason, ""}, journal::Source::run);
  }
};

/// The one check of a scenario with so many cameras.
inline CheckResult judged(std::uint32_t cameras, decltype(Expectation::check) check, const Story& story) {
  Scenario s;
  s.name = "x";
  s.file = "x.yaml";
  s.timeout = std::chrono::seconds(60);
  s.cameras.count = cameras;
  s.expect.push_back({{7, 3}, std::move(check)});
  return judge(s, 1, story.events, "").checks.front();
}

inline CameraSet exactly(std::uint32_t n) {
  return {CameraSet::Kind::number, n};
}
inline EventPattern event(const std::string& name) {
  return {name, {}, {}, {}, {}};
}

}  // namespace firstlight::judge
