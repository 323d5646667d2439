// Policy documents: what is refused, and that evaluation confines a camera to its own topics.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/iot/policy.hpp"

namespace firstlight::fakes::iot {
namespace {

using testing::HasSubstr;
using Verdict = Policy::Verdict;

constexpr std::string_view kMe = "7C0123456789";
constexpr std::string_view kOther = "7CFFFFFFFFFF";

Policy parsed(std::string_view document) {
  auto policy = Policy::parse(document);
  EXPECT_TRUE(policy) << (policy ? "" : policy.error().text());
  return policy ? *policy : Policy();
}

Policy allowing(std::string action, std::string resource) {
  return parsed(R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":")" + action + R"(","Resource":")" +
                resource + R"("}]})");
}

/// The error's detail for a document in which `"` is written as `'`.
std::string refusal(std::string document) {
  for (auto& c : document)
    if (c == '\'') c = '"';
  const auto policy = Policy::parse(document);
  EXPECT_FALSE(policy) << document;
  if (policy) return "";
  EXPECT_EQ(policy.error().name(), "invalid-argument");
  return policy.error().detail;
}

TEST(Policy, CameraReachesItsOwnTopics) {
  const auto policy = parsed(camera_policy_document());
  const PolicyContext me{kMe, kMe};
  EXPECT_EQ(policy.evaluate(PolicyAction::connect, kMe, me), Verdict::allow);
  EXPECT_EQ(policy.evaluate(PolicyAction::subscribe, "cmd/v1/7C0123456789/req", me), Verdict::allow);
  EXPECT_EQ(policy.evaluate(PolicyAction::receive, "cmd/v1/7C0123456789/req", me), Verdict::allow);
  EXPECT_EQ(policy.evaluate(PolicyAction::publish, "cmd/v1/7C0123456789/res", me), Verdict::allow);
  EXPECT_EQ(policy.evaluate(PolicyAction::publish, "dt/v1/7C0123456789/status", me), Verdict::allow);
  EXPECT_EQ(policy.evaluate(PolicyAction::publish, "dt/v1/7C0123456789/a/b", me), Verdict::allow);
}

TEST(Policy, CameraReachesNoOtherCamera) {
  const auto policy = parsed(camera_policy_document());
  const PolicyContext me{kMe, kMe};
  EXPECT_EQ(policy.evaluate(PolicyAction::connect, kOther, me), Verdict::none);
  EXPECT_EQ(policy.evaluate(PolicyAction::subscribe, "cmd/v1/7CFFFFFFFFFF/req", me), Verdict::none);
  EXPECT_EQ(policy.evaluate(PolicyAction::publish, "dt/v1/7CFFFFFFFFFF/status", me), Verdict::none);
  EXPECT_EQ(policy.evaluate(PolicyAction::publish, "cmd/v1/7C0123456789/req", me), Verdict::none);
  EXPECT_EQ(policy.evaluate(PolicyAction::publish, "dt/v1/7C0123456789", me), Verdict::none);
  EXPECT_EQ(policy.evaluate(PolicyAction::publish, "dt/v1/7C01234567890/status", me), Verdict::none);
  EXPECT_EQ(policy.evaluate(PolicyAction::retain_publish, "dt/v1/7C0123456789/status", me), Verdict::none);
  EXPECT_EQ(policy.evaluate(PolicyAction::assume_role, "7C0123456789", me), Verdict::none);
}

TEST(Policy, MqttWildcardsAreOrdinaryCharacters) {
  const auto policy = parsed(camera_policy_document());
  const PolicyContext me{kMe, kMe};
  EXPECT_EQ(policy.evaluate(PolicyAction::subscribe, "cmd/v1/+/req", me), Verdict::none);
  EXPECT_EQ(policy.evaluate(PolicyAction::subscribe, "cmd/v1/7C0123456789/#", me), Verdict::none);
  EXPECT_EQ(policy.evaluate(PolicyAction::subscribe, "#", me), Verdict::none);
  const auto plus = allowing("iot:Subscribe", "arn:aws:iot:*:*:topicfilter/a/+/c");
  EXPECT_EQ(plus.evaluate(PolicyAction::subscribe, "a/+/c", me), Verdict::allow);
  EXPECT_EQ(plus.evaluate(PolicyAction::subscribe, "a/b/c", me), Verdict::none);
  const auto hash = allowing("iot:Publish", "arn:aws:iot:*:*:topic/a/#");
  EXPECT_EQ(hash.evaluate(PolicyAction::publish, "a/b", me), Verdict::none);
}

TEST(Policy, ValuesOfVariablesAreNotWildcards) {
  const auto policy = parsed(camera_policy_document());
  const PolicyContext star{"*", "*"};
  EXPECT_EQ(policy.evaluate(PolicyAction::connect, kMe, star), Verdict::none);
  EXPECT_EQ(policy.evaluate(PolicyAction::publish, "dt/v1/7C0123456789/status", star), Verdict::none);
  EXPECT_EQ(policy.evaluate(PolicyAction::publish, "dt/v1/*/status", star), Verdict::allow);
  const auto client = allowing("iot:Publish", "arn:aws:iot:*:*:topic/c/${iot:ClientId}/x");
  const PolicyContext question{"?", ""};
  EXPECT_EQ(client.evaluate(PolicyAction::publish, "c/a/x", question), Verdict::none);
  EXPECT_EQ(client.evaluate(PolicyAction::publish, "c/?/x", question), Verdict::allow);
  const PolicyContext nested{"${iot:Connection.Thing.ThingName}", "thing"};
  EXPECT_EQ(client.evaluate(PolicyAction::publish, "c/thing/x", nested), Verdict::none);
}

TEST(Policy, WithoutAThingItsVariableMatchesNothing) {
  const auto policy = parsed(camera_policy_document());
  const PolicyContext nobody{"", ""};
  EXPECT_EQ(policy.evaluate(PolicyAction::connect, "", nobody), Verdict::none);
  EXPECT_EQ(policy.evaluate(PolicyAction::publish, "dt/v1//status", nobody), Verdict::none);
}

TEST(Policy, DenyWinsInAnyOrder) {
  constexpr std::string_view kAllow = R"({"Effect":"Allow","Action":"iot:*","Resource":"*"})";
  constexpr std::string_view kDeny =
      R"({"Effect":"Deny","Action":["iot:Publish"],"Resource":["arn:aws:iot:*:*:topic/secret/*"]})";
  for (const bool deny_first : {true, false}) {
    auto text = std::string(R"({"Statement":[)");
    text.append(deny_first ? kDeny : kAllow).append(",").append(deny_first ? kAllow : kDeny).append("]}");
    const auto policy = parsed(text);
    EXPECT_EQ(policy.evaluate(PolicyAction::publish, "secret/x", {}), Verdict::deny);
    EXPECT_EQ(policy.evaluate(PolicyAction::publish, "open/x", {}), Verdict::allow);
    EXPECT_EQ(policy.evaluate(PolicyAction::receive, "secret/x", {}), Verdict::allow);
  }
}

TEST(Policy, OperatorMayDoEverything) {
  const auto policy = parsed(operator_policy_document());
  const PolicyContext context{"operator", ""};
  EXPECT_EQ(policy.evaluate(PolicyAction::connect, "anything", context), Verdict::allow);
  EXPECT_EQ(policy.evaluate(PolicyAction::subscribe, "#", context), Verdict::allow);
  EXPECT_EQ(policy.evaluate(PolicyAction::publish, "cmd/v1/7C0123456789/req", context), Verdict::allow);
}

TEST(Policy, WildcardsOfResources) {
  const auto star = allowing("iot:Publish", "arn:aws:iot:*:*:topic/a*c");
  EXPECT_EQ(star.evaluate(PolicyAction::publish, "abbc", {}), Verdict::allow);
  EXPECT_EQ(star.evaluate(PolicyAction::publish, "ac", {}), Verdict::allow);
  EXPECT_EQ(star.evaluate(PolicyAction::publish, "a/b/c", {}), Verdict::allow);
  EXPECT_EQ(star.evaluate(PolicyAction::publish, "abcd", {}), Verdict::none);
  const auto one = allowing("iot:Publish", "arn:aws:iot:*:*:topic/a?c");
  EXPECT_EQ(one.evaluate(PolicyAction::publish, "abc", {}), Verdict::allow);
  EXPECT_EQ(one.evaluate(PolicyAction::publish, "ac", {}), Verdict::none);
  EXPECT_EQ(one.evaluate(PolicyAction::publish, "abbc", {}), Verdict::none);
  const auto escaped = allowing("iot:Publish", "arn:aws:iot:*:*:topic/a${*}${$}c");
  EXPECT_EQ(escaped.evaluate(PolicyAction::publish, "a*$c", {}), Verdict::allow);
  EXPECT_EQ(escaped.evaluate(PolicyAction::publish, "abc", {}), Verdict::none);
}

TEST(Policy, WildcardsOfActions) {
  const auto policy = allowing("iot:*ublish", "*");
  EXPECT_EQ(policy.evaluate(PolicyAction::publish, "a", {}), Verdict::allow);
  EXPECT_EQ(policy.evaluate(PolicyAction::retain_publish, "a", {}), Verdict::allow);
  EXPECT_EQ(policy.evaluate(PolicyAction::subscribe, "a", {}), Verdict::none);
  EXPECT_EQ(allowing("*", "*").evaluate(PolicyAction::assume_role, "role", {}), Verdict::allow);
}

TEST(Policy, ResourceTypesDoNotMix) {
  const auto policy = allowing("iot:*", "arn:aws:iot:ap-northeast-1:123456789012:topic/x");
  EXPECT_EQ(policy.evaluate(PolicyAction::publish, "x", {}), Verdict::allow);
  EXPECT_EQ(policy.evaluate(PolicyAction::subscribe, "x", {}), Verdict::none);
  EXPECT_EQ(policy.evaluate(PolicyAction::connect, "x", {}), Verdict::none);
}

TEST(Policy, RegionAndAccountAreNotCompared) {
  const auto policy = allowing("iot:Publish", "arn:aws:iot:eu-west-1:000000000001:topic/x");
  EXPECT_EQ(policy.evaluate(PolicyAction::publish, "x", {}), Verdict::allow);
}

TEST(Policy, WildcardThatSpansTheArn) {
  for (const auto* arn : {"arn:aws:iot:*", "arn:*", "arn:aws:iot:*:topic/x", "arn:aws:iot:ap-northeast-1:*"})
    EXPECT_EQ(allowing("iot:Publish", arn).evaluate(PolicyAction::publish, "x", {}), Verdict::allow) << arn;
  EXPECT_EQ(allowing("iot:Publish", "arn:aws:s3:*").evaluate(PolicyAction::publish, "x", {}), Verdict::none);
  EXPECT_EQ(allowing("iot:Publish", "arn:aws:iot:*:topic/y").evaluate(PolicyAction::publish, "x", {}), Verdict::none);
}

TEST(Policy, ColonsInNamesAreNames) {
  const auto policy = allowing("iot:Publish", "arn:aws:iot:*:*:topic/a:b:c");
  EXPECT_EQ(policy.evaluate(PolicyAction::publish, "a:b:c", {}), Verdict::allow);
  const auto spanning = allowing("iot:Publish", "arn:aws:iot:*:topic/a:b");
  EXPECT_EQ(spanning.evaluate(PolicyAction::publish, "a:b", {}), Verdict::allow);
  EXPECT_EQ(spanning.evaluate(PolicyAction::publish, "b", {}), Verdict::none);
}

TEST(Policy, ManyStarsCostNoExponentialTime) {
  std::string resource = "arn:aws:iot:*:*:topic/";
  for (int i = 0; i < 500; ++i) resource += "*a";
  const auto policy = allowing("iot:Publish", resource + "b");
  const std::string name(256, 'a');
  EXPECT_EQ(policy.evaluate(PolicyAction::publish, name, {}), Verdict::none);
}

TEST(Policy, RefusesWhatItDoesNotUnderstand) {
  EXPECT_THAT(refusal("{"), HasSubstr("not JSON"));
  EXPECT_THAT(refusal("[]"), HasSubstr("not a JSON object"));
  EXPECT_THAT(refusal("{}"), HasSubstr("Statement is missing"));
  EXPECT_THAT(refusal("{'Statement':[]}"), HasSubstr("Statement is empty"));
  EXPECT_THAT(refusal("{'Statement':1}"), HasSubstr("neither an object nor an array"));
  EXPECT_THAT(refusal("{'Statement':[1]}"), HasSubstr("Statement[0] is not an object"));
  EXPECT_THAT(refusal("{'Version':'2011','Statement':{}}"), HasSubstr("Version"));
  EXPECT_THAT(refusal("{'Statement':{'Effect':'allow','Action':'*','Resource':'*'}}"), HasSubstr("Effect"));
  EXPECT_THAT(refusal("{'Statement':{'Effect':'Allow','Resource':'*'}}"), HasSubstr("Action is missing"));
  EXPECT_THAT(refusal("{'Statement':{'Effect':'Allow','Action':[],'Resource':'*'}}"), HasSubstr("Action is empty"));
  EXPECT_THAT(refusal("{'Statement':{'Effect':'Allow','Action':[1],'Resource':'*'}}"), HasSubstr("Action holds"));
  EXPECT_THAT(refusal("{'Statement':{'Effect':'Allow','Action':'s3:Get','Resource':'*'}}"), HasSubstr("s3:Get"));
  EXPECT_THAT(refusal("{'Statement':{'Effect':'Allow','Action':'*','Resource':'topic/a'}}"), HasSubstr("topic/a"));
  EXPECT_THAT(refusal("{'Statement':{'Effect':'Allow','Action':'*','Resource':'*','Sidd':'x'}}"), HasSubstr("Sidd"));
  EXPECT_THAT(refusal("{'Statement':{'Effect':'Allow','Action':'*','Resource':'arn:${aws:x}'}}"),
              HasSubstr("${aws:x} is not supported"));
  EXPECT_THAT(refusal("{'Statement':{'Effect':'Allow','Action':'*','Resource':'arn:${iot:ClientId'}}"),
              HasSubstr("lacks its }"));
}

TEST(Policy, RefusesWhatWouldWidenOrNarrowSilently) {
  for (const auto* member : {"NotAction", "NotResource", "Condition", "Principal"}) {
    const auto text = std::string("{'Statement':{'Effect':'Allow','Action':'*','Resource':'*','") + member + "':{}}}";
    EXPECT_THAT(refusal(text), HasSubstr(std::string(member) + " is not supported"));
  }
  EXPECT_THAT(refusal("{'Statement':{'Effect':'Deny','Effect':'Allow','Action':'*','Resource':'*'}}"),
              HasSubstr("\"Effect\" is given twice"));
}

TEST(Policy, RefusalNamesTheStatement) {
  EXPECT_THAT(refusal("{'Statement':[{'Effect':'Allow','Action':'*','Resource':'*'},{'Effect':'No'}]}"),
              HasSubstr("Statement[1]"));
}

}  // namespace
}  // namespace firstlight::fakes::iot
