// The expectations about how a camera conducts itself: backoff, store, no_secret_leaked.
#include "language/expect_decoder.hpp"

namespace firstlight::language {

namespace {

bool check_backoff(DecodeContext& context, const ValidatedKeys& keys, const ExpectBackoff& e) {
  if (!needs_one_of(context, keys, "backoff",
                    {"kind", "jitter", "at_least", "at_most", "honours_retry_after", "resets"}))
    return false;
  if (keys.has("at_least") && keys.has("at_most") && *e.at_least > *e.at_most) {
    context.error(keys.node("at_least"), fmt::format("at least {} and at most {} contradict each other",
                                                     format_duration(*e.at_least), format_duration(*e.at_most)));
    return false;
  }
  const bool mqtt = !keys.has("stage") || counted_as(*e.stage) == journal::Stage::mqtt_connect;
  if (keys.has("resets") && !mqtt)
    return context.error(keys.node("resets"), "a CONNACK resets nothing at this stage: leave out stage");
  if (keys.has("stage") && info_of(*e.stage).failures == journal::Failures::no_count)
    return context.error(keys.node("stage"),
                         fmt::format("a camera goes on at once when its {} fails", stage_name(*e.stage)));
  return true;
}

bool check_store(DecodeContext& context, const ValidatedKeys& keys, const ExpectStore&) {
  if (!needs_one_of(context, keys, "store", {"valid", "warm_boots", "discarded"})) return false;
  if (!keys.has("reason") || keys.map.find("discarded")) return true;
  context.error(keys.node("reason"), "a reason goes with discarded");
  return false;
}

}  // namespace

Decoder<ExpectBackoff> expect_backoff_decoder() {
  std::vector<Word<BackoffKind>> kinds;
  for (const auto kind : {BackoffKind::none, BackoffKind::constant, BackoffKind::linear, BackoffKind::exponential})
    kinds.push_back({backoff_kind_name(kind), kind});
  return map_decoder<ExpectBackoff>(
      "backoff",
      {field("kind", &ExpectBackoff::kind, optional_decoder(words_decoder<BackoffKind>("kind", std::move(kinds))),
             "How the waits grow with the failures in a row."),
       field("jitter", &ExpectBackoff::jitter, optional_decoder(boolean_decoder()),
             "Whether cameras wait differently after the same number of failures."),
       field("at_least", &ExpectBackoff::at_least, optional_decoder(duration_decoder()),
             "The first wait is drawn from a range that reaches so far."),
       field("at_most", &ExpectBackoff::at_most, optional_decoder(duration_decoder()), "No wait is longer."),
       field("stage", &ExpectBackoff::stage, optional_decoder(words_decoder<journal::Stage>("stage", stage_words())),
             "Only waits after a failure of this stage; the stages of MQTT are one."),
       field("honours_retry_after", &ExpectBackoff::honours_retry_after, optional_decoder(duration_decoder()),
             "The Retry-After that the lab sends with 429 and 503: no wait after them is shorter."),
       field("resets", &ExpectBackoff::resets,
             optional_decoder(words_decoder<ResetRule>(
                 "reset rule", {{"stable", ResetRule::stable}, {"connack", ResetRule::connack}})),
             "What sets the failures back to 0: a session that lived for a while, or any CONNACK.")},
      check_backoff);
}

Decoder<ExpectStore> expect_store_decoder() {
  return map_decoder<ExpectStore>(
      "store",
      {field("valid", &ExpectStore::valid, optional_decoder(camera_set_decoder()),
             "So many cameras at least hold a configuration at the end."),
       field("warm_boots", &ExpectStore::warm_boots, optional_decoder(camera_set_decoder()),
             "So many at least of those that booted again came online from the store."),
       field("discarded", &ExpectStore::discarded, optional_decoder(camera_set_decoder()),
             "Exactly so many cameras discarded theirs."),
       field("reason", &ExpectStore::reason, error_name_decoder(), "Of the discarding, an error's name.")},
      check_store);
}

Decoder<ExpectNoSecretLeaked> expect_no_secret_leaked_decoder() {
  Decoder<ExpectNoSecretLeaked> decoder;
  decoder.schema = {{"const", true}};
  decoder.read = [](DecodeContext& context, const Node& node, ExpectNoSecretLeaked&) {
    if (node.kind == Node::Kind::scalar && node.text == "true") return true;
    return wrong_type(context, node, "true", "leave the expectation out where a secret may leak");
  };
  return decoder;
}

}  // namespace firstlight::language
