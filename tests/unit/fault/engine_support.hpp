// Rules, events and a journal in memory for the tests of the fault engine. Time is not waited for: the engine is told
// that the scenario began earlier or begins later. Used by this folder's tests.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "fault/engine.hpp"
#include "tests/unit/fakes/logic_support.hpp"

namespace firstlight::fault {

using namespace std::chrono_literals;
using test::Given;
using test::rule_of;

constexpr std::uint32_t kCameras = 5;

inline std::unique_ptr<Engine> engine_of(std::vector<Rule> rules, std::uint64_t seed = 1,
                                         std::string scenario = "test") {
  return std::make_unique<Engine>(seed, std::move(scenario), kCameras, std::move(rules));
}

inline Rule after(Rule rule, Duration delay = 0s, std::optional<Duration> lasts = {}) {
  rule.after = Trigger{"camera_online", delay, lasts};
  return rule;
}
inline Rule between(Rule rule, Duration from, std::optional<Duration> to) {
  rule.between = Window{from, to};
  return rule;
}
/// A camera comes online, that long after the journal was opened.
inline journal::Event online(std::uint32_t camera, Duration at = 0s) {
  journal::Event event;
  event.t_ns = std::chrono::nanoseconds(at).count();
  event.camera = camera;
  event.payload = journal::CameraOnline{};
  return event;
}

inline bool strikes(const Engine& engine, Point point, std::uint32_t camera, std::uint32_t attempt = 1) {
  return !engine.consult(point, camera, attempt).empty();
}
/// Which of the first `of` attempts of a camera are hit.
inline std::vector<std::uint32_t> struck(const Engine& engine, Point point, std::uint32_t camera,
                                         std::uint32_t of = 10) {
  std::vector<std::uint32_t> attempts;
  for (std::uint32_t n = 1; n <= of; ++n)
    if (strikes(engine, point, camera, n)) attempts.push_back(n);
  return attempts;
}

/// A journal that is kept in memory.
class Notebook {
 public:
  Notebook()
      : journal_(journal::Journal::open("", {},
                                        [this](const journal::Event& e) {
                                          const std::lock_guard lock(mutex_);
                                          events_.push_back(e);
                                        })
                     .value()),
        lane(journal_->lane()) {}
  std::vector<journal::Event> read() {
    journal_->close();
    return events_;
  }

 private:
  std::mutex mutex_;
  std::vector<journal::Event> events_;
  std::unique_ptr<journal::Journal> journal_;

 public:
  journal::Lane lane;
};

}  // namespace firstlight::fault
