// The SIMs of the lab: a camera is known by its address, as SORACOM knows a SIM by its session. Addresses that no list
// names get a SIM derived from the address (so `curl --interface 127.0.0.9` is simply another camera) unless the
// table is strict. Read by every fake from every shard; once the lab runs only swap() changes it.
#pragma once

#include <atomic>
#include <boost/asio/ip/address.hpp>
#include <memory>
#include <mutex>
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

class SimTable {
 public:
  explicit SimTable(bool strict = false) : strict_(strict) {}
  void list(const boost::asio::ip::address& address, Sim sim);
  /// Nothing: the table is strict and does not list the address.
  [[nodiscard]] std::optional<Sim> find(const boost::asio::ip::address& address) const;
  /// The SIM of a scenario's camera, by its number.
  [[nodiscard]] std::optional<Sim> of_camera(std::uint32_t camera) const;
  /// The camera has another SIM from now on (same address). From any thread.
  void swap(std::uint32_t camera, const Imsi& imsi);

 private:
  bool strict_;
  [[nodiscard]] Sim current(const Sim& listed) const;

  std::unordered_map<std::string, Sim> listed_;               // by address bytes
  std::unordered_map<std::uint32_t, std::string> by_camera_;  // the key in listed_
  struct Swapped {
    std::atomic<bool> any{false};
    std::mutex mutex;
    std::unordered_map<std::uint32_t, Imsi> by_camera;
  };
  std::unique_ptr<Swapped> swapped_ = std::make_unique<Swapped>();
};

}  // namespace firstlight::fakes
