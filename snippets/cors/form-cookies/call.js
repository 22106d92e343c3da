const answer = await fetch("https://api.example.com/api/visits", {
  method: "POST",
  credentials: "include",
});
