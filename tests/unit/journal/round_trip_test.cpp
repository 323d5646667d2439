// Every event goes through the file and back with every member set to something that is not its default. All of it
// follows from Payload and fields(), so that a new event or member is covered by itself.
#include <gmock/gmock.h>

#include <type_traits>

#include "journal/journal.hpp"

namespace firstlight::journal {
namespace {

/// Sets each member to something that no other member has and that is not its default.
struct Fill {
  int nth = 0;
  void operator()(std::string_view name, std::string& v) { v = std::string(name) + " " + std::to_string(++nth); }
  void operator()(std::string_view, bool& v) { v = !v; }
  void operator()(std::string_view, Stage& v) {
    const auto by = 1 + static_cast<std::size_t>(++nth) % (kStageCount - 1);
    v = kStages[(static_cast<std::size_t>(v) + by) % kStageCount].stage;
  }
  template <class T>
  requires std::is_integral_v<T>
  void operator()(std::string_view, T& v) { v += static_cast<T>(1000 + ++nth); }
  void operator()(std::string_view name, std::vector<std::string>& v) {
    v = {std::string(name), std::to_string(++nth)};
  }
  void operator()(std::string_view, std::vector<std::uint32_t>& v) { v = {1, 1000U + static_cast<unsigned>(++nth)}; }
};

/// What a member is in the JSON line.
nlohmann::json shown(Stage v) {
  return stage_name(v);
}
nlohmann::json shown(const auto& v) {
  return v;
}

template <class P>
nlohmann::json members(const P& payload) {
  auto all = nlohmann::json::object();
  P::fields(payload, [&](std::string_view name, const auto& v) { all[std::string(name)] = shown(v); });
  return all;
}

/// Fits any member of an aggregate.
struct AnyMember {
  template <class T>
  operator T() const;  // NOLINT(google-explicit-constructor): only in unevaluated operands
};
template <class P, std::size_t... I>
constexpr bool takes(std::index_sequence<I...>) {
  return requires {
    P{(static_cast<void>(I), AnyMember{})...};
  };
}
template <class P, std::size_t N = 0>
constexpr std::size_t count_members() {
  if constexpr (takes<P>(std::make_index_sequence<N + 1>{}))
    return count_members<P, N + 1>();
  else
    return N;
}

template <class P>
class EveryEvent : public testing::Test {};
template <class Variant>
struct AsTypes;
template <class... P>
struct AsTypes<std::variant<P...>> {
  using type = testing::Types<P...>;
};
struct EventName {
  template <class P>
  static std::string GetName(int) {
    return std::string(P::kName);
  }
};
TYPED_TEST_SUITE(EveryEvent, AsTypes<Payload>::type, EventName);

TYPED_TEST(EveryEvent, ComesBackWithEveryMember) {
  TypeParam payload;
  TypeParam::fields(payload, Fill{});
  const auto wanted = members(payload);
  const auto defaults = members(TypeParam{});
  for (const auto& [name, value] : wanted.items()) EXPECT_NE(value, defaults[name]) << name;

  const Event event{7, 1, 2, Source::iot, 3, "127.0.0.9", payload};
  const auto line = format_event(event);
  const auto written = nlohmann::json::parse(line);
  for (const auto& [name, value] : wanted.items()) EXPECT_EQ(written.value(name, nlohmann::json()), value) << line;

  const auto back = parse_event(line);
  ASSERT_TRUE(back.has_value() && back->has_value()) << line;
  const auto* read = std::get_if<TypeParam>(&(*back)->payload);
  ASSERT_NE(read, nullptr) << line;
  EXPECT_EQ(members(*read), wanted) << line;
  EXPECT_FALSE(narrate(event).empty());
}

TYPED_TEST(EveryEvent, ListsAllItsMembers) {
  EXPECT_EQ(members(TypeParam{}).size(), count_members<TypeParam>()) << "a member that fields() does not name";
}

TYPED_TEST(EveryEvent, IsRefusedWithAMemberOfTheWrongType) {
  TypeParam payload;
  TypeParam::fields(payload, Fill{});
  const auto line = nlohmann::json::parse(format_event({7, 1, 2, Source::iot, 3, "", payload}));
  const auto filled = members(payload);
  for (const auto& [name, value] : filled.items()) {
    auto wrong = line;
    wrong[name] = nlohmann::json::object();
    EXPECT_FALSE(parse_event(wrong.dump())) << name;
  }
}

/// What stands around the payload.
TEST(EventJson, TheEnvelopeComesBackToo) {
  const Event event{1'234'567'890'123, 65535, 4'000'000'000, Source::broker, 4'100'000'000, "127.16.0.7", RunEnded{}};
  const auto back = parse_event(format_event(event));
  ASSERT_TRUE(back.has_value() && back->has_value());
  const auto& read = **back;
  EXPECT_EQ(read.t_ns, event.t_ns);
  EXPECT_EQ(read.lane, event.lane);
  EXPECT_EQ(read.sequence, event.sequence);
  EXPECT_EQ(read.camera, event.camera);
  EXPECT_EQ(read.peer, event.peer);
  for (int i = 0; i <= static_cast<int>(Source::broker); ++i) {
    const auto from = static_cast<Source>(i);
    const auto again = parse_event(format_event({0, 0, 0, from, 0, "", RunEnded{}}));
    ASSERT_TRUE(again.has_value() && again->has_value()) << source_name(from);
    EXPECT_EQ((*again)->source, from);
  }
}

TEST(Stages, AreFoundByNameAndByService) {
  for (const auto& info : kStages) {
    EXPECT_EQ(find_stage(info.name), info.stage);
    if (!info.service.empty()) {
      EXPECT_EQ(stage_asking(info.service), info.stage);
    }
  }
  EXPECT_EQ(find_stage("online"), std::nullopt);
  EXPECT_EQ(stage_asking(""), std::nullopt);
}

}  // namespace
}  // namespace firstlight::journal
