#include "harness/scenario/expect_form.hpp"

#include "harness/scenario/language.hpp"

namespace firstlight::harness {

Form<Expectation> expectation_form() {
  using Check = decltype(Expectation::check);
  auto choice = choice_form<Check>(
      "expectation",
      {keyed<Check>("online", expect_online_form(), "Cameras that are online in time."),
       keyed<Check>("latency", expect_latency_form(), "Upper limits of a stage's duration."),
       keyed<Check>("attempts", expect_attempts_form(), "How often each camera tries a stage."),
       keyed<Check>("refused", expect_refused_form(), "How many cameras are refused, by whom and why."),
       keyed<Check>("backoff", expect_backoff_form(), "How cameras wait between a failure and the next attempt."),
       keyed<Check>("never", expect_never_form(), "An event that must not happen."),
       keyed<Check>("order", expect_order_form(), "Events whose first occurrences come in this order."),
       keyed<Check>("recovers", expect_recovers_form(), "Cameras that are online again after the faults."),
       keyed<Check>("store", expect_store_form(), "What becomes of the stored configurations."),
       keyed<Check>("no_secret_leaked", expect_no_secret_leaked_form(),
                    "No private key and no token where it must not be.")});
  Form<Expectation> form;
  form.schema = std::move(choice.schema);
  form.read = [read = std::move(choice.read)](Reading& reading, const Node& node, Expectation& out) {
    out.at = reading.position(node);
    return read(reading, node, out.check);
  };
  return form;
}

}  // namespace firstlight::harness
