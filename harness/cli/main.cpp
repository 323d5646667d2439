#include "base/crypto.hpp"

int main() {
  firstlight::CryptoContext::forbid_default();
}
