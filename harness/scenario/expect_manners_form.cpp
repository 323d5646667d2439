// The expectations about a camera's manners: backoff, store, no_secret_leaked.
#include "harness/scenario/expect_form.hpp"

namespace firstlight::harness {

namespace {

bool check_backoff(Reading& reading, const Good& good, const ExpectBackoff& e) {
  if (!needs_one_of(reading, good, "backoff",
                    {"kind", "jitter", "at_least", "at_most", "honours_retry_after", "resets"}))
    return false;
  if (good.has("at_least") && good.has("at_most") && *e.at_least > *e.at_most) {
    reading.mistake(good.node("at_least"), fmt::format("at least {} and at most {} contradict each other",
                                                       format_duration(*e.at_least), format_duration(*e.at_most)));
    return false;
  }
  const bool mqtt = !good.has("stage") || *e.stage >= journal::Stage::mqtt_connect;
  if (good.has("resets") && !mqtt)
    return reading.mistake(good.node("resets"), "a CONNACK resets nothing at this stage: leave out stage"), false;
  if (good.has("stage") && *e.stage == journal::Stage::store)
    return reading.mistake(good.node("stage"), "a camera goes on at once when its store fails"), false;
  return true;
}

bool check_store(Reading& reading, const Good& good, const ExpectStore&) {
  if (!needs_one_of(reading, good, "store", {"valid", "warm_boots", "discarded"})) return false;
  if (!good.has("reason") || good.map.find("discarded")) return true;
  reading.mistake(good.node("reason"), "a reason goes with discarded");
  return false;
}

}  // namespace

Form<ExpectBackoff> expect_backoff_form() {
  std::vector<Word<BackoffKind>> kinds;
  for (const auto kind : {BackoffKind::none, BackoffKind::constant, BackoffKind::linear, BackoffKind::exponential})
    kinds.push_back({backoff_kind_name(kind), kind});
  return map_form<ExpectBackoff>(
      "backoff",
      {field("kind", &ExpectBackoff::kind, optional_form(words_form<BackoffKind>("kind", std::move(kinds))),
             "How the waits grow with the failures in a row."),
       field("jitter", &ExpectBackoff::jitter, optional_form(boolean_form()),
             "Whether cameras wait differently after the same number of failures."),
       field("at_least", &ExpectBackoff::at_least, optional_form(duration_form()),
             "The first wait is drawn from a range that reaches so far."),
       field("at_most", &ExpectBackoff::at_most, optional_form(duration_form()), "No wait is longer."),
       field("stage", &ExpectBackoff::stage, optional_form(words_form<journal::Stage>("stage", stage_words())),
             "Only waits after a failure of this stage; the stages of MQTT are one."),
       field("honours_retry_after", &ExpectBackoff::honours_retry_after, optional_form(duration_form()),
             "The Retry-After that the lab sends with 429 and 503: no wait after them is shorter."),
       field("resets", &ExpectBackoff::resets,
             optional_form(
                 words_form<ResetRule>("reset rule", {{"stable", ResetRule::stable}, {"connack", ResetRule::connack}})),
             "What sets the failures back to 0: a session that lived for a while, or any CONNACK.")},
      check_backoff);
}

Form<ExpectStore> expect_store_form() {
  return map_form<ExpectStore>(
      "store",
      {field("valid", &ExpectStore::valid, optional_form(camera_set_form()),
             "So many cameras at least hold a configuration at the end."),
       field("warm_boots", &ExpectStore::warm_boots, optional_form(camera_set_form()),
             "So many at least of those that booted again came online from the store."),
       field("discarded", &ExpectStore::discarded, optional_form(camera_set_form()),
             "Exactly so many cameras discarded theirs."),
       field("reason", &ExpectStore::reason, error_name_form(), "Of the discarding, an error's name.")},
      check_store);
}

Form<ExpectNoSecretLeaked> expect_no_secret_leaked_form() {
  Form<ExpectNoSecretLeaked> form;
  form.schema = {{"const", true}};
  form.read = [](Reading& reading, const Node& node, ExpectNoSecretLeaked&) {
    if (node.kind == Node::Kind::scalar && node.text == "true") return true;
    return wrong_type(reading, node, "true", "leave the expectation out where a secret may leak");
  };
  return form;
}

}  // namespace firstlight::harness
