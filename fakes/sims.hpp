// The SIMs of the lab: a camera is known by its address, as SORACOM knows a SIM by its session. Addresses that no list
// names get a SIM derived from the address (so `curl --interface 127.0.0.9` is simply another camera) unless the
// directory is strict. Immutable once the lab runs; read by every fake from every shard.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/ids.hpp"

namespace firstlight::fakes {

struct Sim {
  Imsi imsi;
  Imei imei;
  SimId sim_id;
  std::string msisdn;        // digits
  std::uint32_t camera = 0;  // the scenario's camera with this SIM; 0: none
  bool listed = false;
};

/// A valid SIM computed from an IPv4 address (an IPv6 address is hashed to 32 bits first): IMSI 44010 + the address as
/// ten decimal digits; IMEI 35 + 12 digits of the address with its Luhn digit; simId 898110 + 12 digits with its Luhn
/// digit (19 in all).
[[nodiscard]] Sim derive_sim(const boost::asio::ip::address& address);

class SimDirectory {
 public:
  explicit SimDirectory(bool strict = false) : strict_(strict) {}
  void list(const boost::asio::ip::address& address, Sim sim);
  /// Nothing: the directory is strict and does not list the address.
  [[nodiscard]] std::optional<Sim> find(const boost::asio::ip::address& address) const;

 private:
  bool strict_;
  std::unordered_map<std::string, Sim> listed_;  // by address bytes
};

}  // namespace firstlight::fakes
