#include "language/expect_decoder.hpp"

#include "language/language.hpp"

namespace firstlight::language {

Decoder<Expectation> expectation_decoder() {
  using Check = decltype(Expectation::check);
  auto choice = choice_decoder<Check>(
      "expectation",
      {keyed<Check>("online", expect_online_decoder(), "Cameras that are online in time."),
       keyed<Check>("latency", expect_latency_decoder(), "Upper limits of a stage's duration."),
       keyed<Check>("attempts", expect_attempts_decoder(), "How often each camera tries a stage."),
       keyed<Check>("refused", expect_refused_decoder(), "How many cameras are refused, by whom and why."),
       keyed<Check>("backoff", expect_backoff_decoder(), "How cameras wait between a failure and the next attempt."),
       keyed<Check>("never", expect_never_decoder(), "An event that must not happen."),
       keyed<Check>("order", expect_order_decoder(), "Events whose first occurrences come in this order."),
       keyed<Check>("recovers", expect_recovers_decoder(), "Cameras that are online again after the faults."),
       keyed<Check>("store", expect_store_decoder(), "What becomes of the stored configurations."),
       keyed<Check>("no_secret_leaked", expect_no_secret_leaked_decoder(),
                    "No private key and no token where it must not be.")});
  Decoder<Expectation> decoder;
  decoder.schema = std::move(choice.schema);
  decoder.read = [read = std::move(choice.read)](DecodeContext& context, const Node& node, Expectation& out) {
    out.at = context.position(node);
    return read(context, node, out.check);
  };
  return decoder;
}

}  // namespace firstlight::language
