#include "language/event_fields.hpp"

#include <gmock/gmock.h>

namespace firstlight::language {
namespace {

TEST(EventFields, AreThoseOfTheJournal) {
  EXPECT_EQ(event_named("http_request"), "http_served");
  EXPECT_EQ(event_named("fault_fired"), "fault_fired");
  EXPECT_EQ(event_named("nothing"), "");
  const journal::Payload payload = journal::MqttSubscribed{"c", {"a", "b"}, {1, 128}};
  EXPECT_THAT(field_values(payload, "codes"), testing::ElementsAre("1", "128"));
  EXPECT_EQ(field_value(payload, "client_id"), "c");
  EXPECT_THAT(field_values(payload, "status"), testing::IsEmpty());
}

}  // namespace
}  // namespace firstlight::language
