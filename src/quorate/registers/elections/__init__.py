"""Elections: notice, nominations, the roll, ballots that are secret and can be checked, count, result and seating."""
