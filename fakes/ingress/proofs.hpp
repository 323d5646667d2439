// The injections of one connection at `link` or at `tls`, and the record of those that acted. Made by the ingress;
// shared by all that carry out a part of the plan, so that each injection is told once. Lives and works on the
// connection's shard.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "fault/engine.hpp"
#include "fault/plans.hpp"

namespace firstlight::fakes {

class Proofs {
 public:
  Proofs(fault::Injections injections, journal::Lane lane, journal::Source source, std::string peer)
      : injections_(std::move(injections)), lane_(std::move(lane)), source_(source), peer_(std::move(peer)) {}

  [[nodiscard]] const fault::Injections& injections() const { return injections_; }
  /// The effect with that name has acted.
  void fired(std::string_view effect, const std::string& detail = {});
  /// Of several rules with one effect, this one has.
  void fired(const fault::Rule& rule);
  /// All those have.
  void fired_if(const std::function<bool(const fault::Injection&)>& acted);

 private:
  fault::Injections injections_;
  journal::Lane lane_;
  journal::Source source_;
  std::string peer_;
};

/// Takes away the injections without which just the same would be carried out: a later rule overrode them, and they
/// break nothing. Of those that say the same the last stays. Partitions all stay, for each has a time of its own.
void keep_link_injections_that_count(fault::Injections& injections);
void keep_tls_injections_that_count(fault::Injections& injections);

/// Whether a device meets it in the ServerHello, or in the alert that it gets instead: before any certificate.
[[nodiscard]] bool is_met_in_hello(const fault::Injection& injection);

}  // namespace firstlight::fakes
