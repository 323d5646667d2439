// The injections of one connection at `link` or at `tls` that count, and the proof of those that acted. Made by the
// ingress; shared by all that carry out a part of the plan, so that each injection fires once. Lives and works on the
// connection's shard.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "fault/proof.hpp"

namespace firstlight::fakes {

template <class Plan>
class Proofs {
 public:
  /// Of `injections`, all that apply to the connection, it keeps those without which another plan would be carried out.
  Proofs(fault::Injections injections, journal::Lane lane, journal::Source source, std::string peer)
      : injections_(fault::effective_on<Plan>(std::move(injections))),
        lane_(std::move(lane)),
        source_(source),
        peer_(std::move(peer)) {}

  [[nodiscard]] const fault::Injections& injections() const { return injections_; }
  /// What that member of the plan says was done: `fired_for(&LinkPlan::reset)`.
  template <class Member>
  void fired_for(Member Plan::*member, const std::string& detail = {}) {
    fired_if([member](const fault::Injection& injection) { return fault::edits(injection, member); }, detail);
  }
  /// Of several rules that edit one member, this one has acted.
  void fired(const fault::Rule& rule) {
    fired_if([&rule](const fault::Injection& injection) { return &injection.rule() == &rule; });
  }
  template <class Acted>
  void fired_if(const Acted& acted, const std::string& detail = {}) {
    for (auto& injection : injections_)
      if (!injection.has_fired() && acted(injection)) injection.fired(lane_, source_, peer_, detail);
  }

 private:
  fault::Injections injections_;
  journal::Lane lane_;
  journal::Source source_;
  std::string peer_;
};

}  // namespace firstlight::fakes
