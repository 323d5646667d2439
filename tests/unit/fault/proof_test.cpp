// Which injections of one attempt count, told from plans alone: what a later rule overrides and what changes nothing
// breaks nothing, and a rule that breaks nothing must not prove anything.
#include "fault/proof.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>

#include "fault/plans.hpp"
#include "tests/unit/fakes/logic_support.hpp"

namespace firstlight::fault {
namespace {

using namespace std::chrono_literals;
using test::Given;
using test::rule_of;
using testing::ElementsAre;
using testing::IsEmpty;

using Ids = std::vector<std::string>;

/// Injections of several rules at one attempt; the rules live as long as this.
class Attempt {
 public:
  explicit Attempt(std::string point) : point_(std::move(point)) {}
  Attempt& rule(const std::string& id, const std::string& effect, const Given& given = {}) {
    auto& made = rules_.emplace_back(rule_of(point_, effect, given));
    made.id = id;
    injections_.emplace_back(made, made.points.front(), 1, 1);
    return *this;
  }
  [[nodiscard]] const Injections& injections() const { return injections_; }

 private:
  std::string point_;
  std::deque<Rule> rules_;
  Injections injections_;
};

Ids ids(const Injections& injections) {
  Ids all;
  for (const auto& injection : injections) all.push_back(injection.rule().id);
  return all;
}

TEST(Proof, WithoutRulesNothingCounts) {
  EXPECT_THAT(effective_on<LinkPlan>({}), IsEmpty());
  EXPECT_EQ(plan_of<LinkPlan>({}), LinkPlan{});
}

TEST(Proof, OfRulesThatSayTheSameTheLastCounts) {
  Attempt link("link.mqtt");
  link.rule("first", "blackhole").rule("between", "stall").rule("last", "blackhole");
  EXPECT_THAT(ids(effective_on<LinkPlan>(link.injections())), ElementsAre("between", "last"));
}

TEST(Proof, WhatALaterRuleOverridesDoesNotCount) {
  Attempt link("link.mqtt");
  link.rule("overridden", "reset", {{"when", "after-bytes"}, {"bytes", "100B"}});
  link.rule("slice", "slice");
  link.rule("reset", "reset", {{"when", "after-bytes"}, {"bytes", "200B"}});
  EXPECT_THAT(ids(effective_on<LinkPlan>(link.injections())), ElementsAre("slice", "reset"));
}

TEST(Proof, WhatAddsUpCountsEach) {
  Attempt link("link.mqtt");
  link.rule("one", "latency", {{"of", "5ms"}}).rule("none", "latency", {{"of", "0s"}});
  link.rule("two", "latency", {{"of", "5ms"}});
  EXPECT_THAT(ids(effective_on<LinkPlan>(link.injections())), ElementsAre("one", "two"));
}

TEST(Proof, PartitionsCountEachForEachHasItsOwnTime) {
  Attempt link("link.mqtt");
  link.rule("one", "partition").rule("two", "partition");
  EXPECT_THAT(ids(effective_on<LinkPlan>(link.injections())), ElementsAre("one", "two"));
}

TEST(Proof, ACertificateOfAnotherKindOverridesWithAllThatBelongsToIt) {
  Attempt tls("tls.mqtt");
  tls.rule("expired", "expired", {{"ago", "2h"}}).rule("name", "wrong-name", {{"name", "a.example"}});
  tls.rule("unknown", "unknown-ca");
  EXPECT_THAT(ids(effective_on<TlsPlan>(tls.injections())), ElementsAre("unknown"));
}

TEST(Proof, AnInjectionIsCreditedByTheMemberThatItChanged) {
  Attempt link("link.mqtt");
  link.rule("reset", "reset").rule("stall", "stall").rule("partition", "partition");
  const auto& [reset, stall, partition] = std::tie(link.injections()[0], link.injections()[1], link.injections()[2]);
  EXPECT_TRUE(edits(reset, &LinkPlan::reset));
  EXPECT_FALSE(edits(reset, &LinkPlan::stall_after));
  EXPECT_TRUE(edits(stall, &LinkPlan::stall_after));
  EXPECT_FALSE(edits(stall, &LinkPlan::reset));
  EXPECT_TRUE(edits(partition, &LinkPlan::partitions));
}

TEST(Proof, AnOutcomeTellsWhatADeviceCouldTell) {
  Attempt http("config_api.http");
  http.rule("status", "status", {{"code", "503"}}).rule("garbage", "garbage");
  const auto bytes = [](const Injections& those) {
    const auto plan = plan_of<HttpPlan>(those);
    return plan.garbage > 0 ? std::string("garbage") : std::to_string(plan.instead ? plan.instead->status : 200);
  };
  EXPECT_THAT(ids(effective(http.injections(), bytes)), ElementsAre("garbage"));
}

/// Every effect whose plan is compared as it is, so that no member can be forgotten: alone it counts.
template <class Plan>
void each_counts_alone(const std::string& point) {
  const std::map<std::string, std::string> values{{"duration", "2s"}, {"bytes", "2KiB"}, {"integer", "200"}};
  for (const auto* effect : *find_point(point)->effects) {
    if (effect->moment == Moment::scheduled) continue;  // no attempt
    Given given;
    for (const auto& p : effect->parameters)
      if (p.fallback.empty())
        given.emplace_back(p.name,
                           p.kind == Kind::choice ? p.choices.back() : values.at(std::string(kind_name(p.kind))));
    Attempt attempt(point);
    attempt.rule("only", std::string(effect->name), given);
    EXPECT_THAT(ids(effective_on<Plan>(attempt.injections())), ElementsAre("only")) << point << " " << effect->name;
  }
}

TEST(Proof, EveryEffectCountsAlone) {
  each_counts_alone<LinkPlan>("link.mqtt");
  each_counts_alone<TlsPlan>("tls.mqtt");
  each_counts_alone<RegisterPlan>("iot.register");
  each_counts_alone<CertificateStatusPlan>("iot.certificate");
  each_counts_alone<CertificatePlan>("config_api.certificate");
}

}  // namespace
}  // namespace firstlight::fault
